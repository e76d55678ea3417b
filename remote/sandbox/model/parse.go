package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Actions are those of tcb that authsync uses and the SDK has. It does not have
// those of the Integration Center.
var Actions = []string{
	"DescribeLoginConfig", "ModifyLoginConfig",
	"DescribeClient", "ModifyClient",
	"GetProviders", "AddProvider", "ModifyProvider", "DeleteProvider",
	"CreateApiKey", "DescribeApiKeyList", "DeleteApiKey",
	"DescribeAuthDomains", "CreateAuthDomain", "DeleteAuthDomain",
	"CreateCustomLoginKey",
}

var (
	declaration = regexp.MustCompile(`(?s)export interface (\w+) \{\n(.*?)\n\}`)
	member      = regexp.MustCompile(`(?s)(/\*\*.*?\*/)?\s*(\w+)(\??): ([^;]+);`)
	listOf      = regexp.MustCompile(`^Array<(\w+)>$`)
)

// Parse reads the declarations of the SDK (tcb_models.d.ts) and returns the types
// of the actions, with those that they are made of.
func Parse(declarations string, actions []string) (map[string]map[string]Field, error) {
	bodies := map[string]string{}
	for _, d := range declaration.FindAllStringSubmatch(declarations, -1) {
		bodies[d[1]] = d[2]
	}
	var open []string
	for _, action := range actions {
		open = append(open, Request(action), Answer(action))
	}
	types := map[string]map[string]Field{}
	for len(open) > 0 {
		name := open[0]
		open = open[1:]
		if types[name] != nil {
			continue
		}
		body, ok := bodies[name]
		if !ok {
			return nil, fmt.Errorf("there is no interface %s", name)
		}
		types[name] = map[string]Field{}
		for _, m := range member.FindAllStringSubmatch(body, -1) {
			f := Field{Type: m[4], Required: m[3] == "", Nullable: strings.Contains(m[1], nullable), Values: valuesIn(m[1])}
			if list := listOf.FindStringSubmatch(m[4]); list != nil {
				f.Type, f.List = list[1], true
			}
			types[name][m[2]] = f
			if !slices.Contains([]string{"string", "number", "boolean"}, f.Type) {
				open = append(open, f.Type)
			}
		}
	}
	return types, nil
}

// nullable is what the comment of a field says that may be null in an answer.
const nullable = "此字段可能返回 null"

var (
	// Values follow one of these words, each with a note behind it, in brackets or
	// after a colon, or without one, as an item of a list.
	introduction = regexp.MustCompile(`可选值：|取值范围：|枚举值：|包含以下取值：`)
	value        = regexp.MustCompile(`(?:^|[：、，,\s>；])([A-Za-z][A-Za-z_]*)\s*(?:（|：)`)
	item         = regexp.MustCompile(`<li>([A-Za-z][A-Za-z_]*)</li>`)
	// Or they stand in a row, without a word about each.
	row = regexp.MustCompile(`可选：([A-Z]+(?:，[A-Z]+)+)`)
)

func valuesIn(comment string) []string {
	if in := row.FindStringSubmatch(comment); in != nil {
		return strings.Split(in[1], "，")
	}
	at := introduction.FindStringIndex(comment)
	if at == nil {
		return nil
	}
	rest := strings.ReplaceAll(comment[at[1]:], "、", " 、")
	var values []string
	for _, v := range append(value.FindAllStringSubmatch(rest, -1), item.FindAllStringSubmatch(rest, -1)...) {
		if !slices.Contains(values, v[1]) {
			values = append(values, v[1])
		}
	}
	return values
}
