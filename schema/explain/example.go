package explain

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// Example is what a manifest may write at a place: a part of the kind's example or,
// where that does not have it, a value that the place takes; "" = none is known.
func Example(p Place) string {
	if p.Kind != nil && p.Field == nil && p.Type == nil {
		return strings.Trim(p.Kind.Example, "\n")
	}
	if p.Field == nil || p.Field.Access == schema.ReadOnly {
		return ""
	}
	if p.Kind != nil {
		if text := shownIn(p); text != "" {
			return text
		}
	}
	if value := valueOf(p.Field.Type); value != "" {
		return p.Field.Name + ": " + value
	}
	return ""
}

// shownIn is the part of the kind's example that stands at the place.
func shownIn(p Place) string {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(p.Kind.Example), &doc) != nil || len(doc.Content) == 0 {
		return ""
	}
	path, err := schema.ParsePath(p.Path)
	if err != nil {
		return ""
	}
	at := doc.Content[0]
	var key *yaml.Node
	for _, name := range path {
		if name == "NAME" || name == "GROUP" {
			name = anyName
		}
		if key, at = below(at, name); at == nil {
			return ""
		}
	}
	part := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, at}}
	text, err := yaml.Marshal(&part)
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(text), "\n")
}

// anyName stands for the name of any object or group.
const anyName = ""

// below returns the first field with a name, and its value.
func below(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for pair := range slices.Chunk(n.Content, 2) {
		if name == anyName || pair[0].Value == name {
			return pair[0], pair[1]
		}
	}
	return nil, nil
}

func valueOf(t schema.Type) string {
	switch t := t.(type) {
	case schema.OneOf:
		return t[0]
	case schema.Choice:
		return t[0]
	case schema.Boolean, schema.Switch:
		return "true"
	case schema.Integer:
		return strconv.FormatInt(t.Min, 10)
	case schema.Span:
		return t.Min.String()
	case schema.Sealed:
		return "!env NAME"
	case schema.ListOf:
		return listOf(valueOf(t.Item))
	case schema.SetOf:
		return listOf(valueOf(t.Item))
	}
	return ""
}

func listOf(item string) string {
	if item == "" {
		return ""
	}
	return "[" + item + "]"
}
