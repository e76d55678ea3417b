package schema

import "authsync/schema/pattern"

// Spelling is a pattern as it is written and as JSON Schema has it.
type Spelling struct {
	Go   *pattern.Pattern
	ECMA string
}

// Patterns are some of each sort that there is.
func Patterns() []Spelling {
	var list []Spelling
	for _, p := range []*pattern.Pattern{
		envIDPattern, regionPattern, namePattern, spanForm, mask, plainMask, secretName(), urlUser,
		isURL.Pattern, isServiceURL.Pattern, isEmailTemplate.Pattern, columnName, Record.Key.Pattern, Connector.Key.Pattern,
		ignoredName("@odata*"), ignoredName("a.b"), requiredByType.Conditions[2].Then[1].Pattern,
	} {
		list = append(list, Spelling{p, ecma(p)})
	}
	for _, f := range forbidden {
		list = append(list, Spelling{f.pattern, ecma(f.pattern)})
	}
	return list
}

// SecretName is the pattern of names of secrets.
var SecretName = secretName
