package schema

// PolicySchemaID names the schema of policies; there is nothing to fetch.
const PolicySchemaID = "urn:authsync:v1:policy"

// PolicySchema is the JSON Schema (2020-12) of policies. It judges one file by itself:
// whether a field exists, and an operator fits it, is for [Load].
func PolicySchema() ([]byte, error) {
	d := new(describer)
	root := Struct{Naming: AsIs, Fields: policyFields}.strictly(d)
	root.Required = append(root.Required, policyRules)
	rule := Struct{Naming: AsIs, Fields: ruleFields}.strictly(d)
	for _, o := range operators {
		k := o.given(d)
		k.Description = o.doc
		*rule.Properties.get(o.name) = *k
		rule.AnyOf = append(rule.AnyOf, &keywords{Required: []string{o.name}})
	}
	*root.Properties.get(policyRules) = keywords{Description: "What must hold, by a name.", Type: typeNames{"object"}, AdditionalProperties: rule}
	*root.Properties.get(policyExcept) = keywords{Description: "What may break a rule until a day.", Type: typeNames{"array"},
		Items: Struct{Naming: AsIs, Fields: exceptionType.Fields}.strictly(d)}
	root.Defs = d.defs
	return root.published(PolicySchemaID, "authsync policy", "What must hold of the environments beside it, whoever made it so.")
}

// strictly describes a mapping of these fields and no others.
func (s Struct) strictly(d *describer) *keywords {
	k := &keywords{Type: typeNames{"object"}, AdditionalProperties: nothing}
	for _, f := range s.Fields {
		*k.Properties.get(f.Name) = *f.describe(d)
		if f.Need == Required {
			k.Required = append(k.Required, f.Name)
		}
	}
	return k
}

// given describes what an operator is given. What fits any value fits all.
func (o operator) given(d *describer) *keywords {
	k := o.takes(Any{}).describe(d)
	k.Minimum, k.Maximum = nil, nil
	if span, amounts := o.takes(Span{}).(Span); amounts && k.Ref == "" {
		k.Type, k.Pattern = append(k.Type, "string"), span.describe(d).Pattern
	}
	return k
}
