package schema

import (
	"bytes"
	"encoding/json"
)

// keywords is a JSON Schema (2020-12), as far as a manifest needs one. The
// order of its fields is that of the text.
type keywords struct {
	Schema               string            `json:"$schema,omitempty"`
	ID                   string            `json:"$id,omitempty"`
	Title                string            `json:"title,omitempty"`
	Description          string            `json:"description,omitempty"`
	Ref                  string            `json:"$ref,omitempty"`
	Type                 typeNames         `json:"type,omitempty"`
	Const                json.RawMessage   `json:"const,omitempty"`
	Enum                 []json.RawMessage `json:"enum,omitempty"`
	Minimum              *int64            `json:"minimum,omitempty"`
	Maximum              *int64            `json:"maximum,omitempty"`
	MinLength            int               `json:"minLength,omitempty"`
	MaxLength            int               `json:"maxLength,omitempty"`
	Pattern              string            `json:"pattern,omitempty"`
	Items                *keywords         `json:"items,omitempty"`
	MinItems             int               `json:"minItems,omitempty"`
	UniqueItems          bool              `json:"uniqueItems,omitempty"`
	Required             []string          `json:"required,omitempty"`
	MaxProperties        int               `json:"maxProperties,omitempty"`
	PropertyNames        *keywords         `json:"propertyNames,omitempty"`
	Properties           members           `json:"properties,omitempty"`
	PatternProperties    members           `json:"patternProperties,omitempty"`
	AdditionalProperties *keywords         `json:"additionalProperties,omitempty"`
	Not                  *keywords         `json:"not,omitempty"`
	If                   *keywords         `json:"if,omitempty"`
	Then                 *keywords         `json:"then,omitempty"`
	AllOf                []*keywords       `json:"allOf,omitempty"`
	AnyOf                []*keywords       `json:"anyOf,omitempty"`
	Defs                 members           `json:"$defs,omitempty"`
}

// nothing is the schema that no value passes.
var nothing = new(keywords)

func (k *keywords) MarshalJSON() ([]byte, error) {
	if k == nothing {
		return []byte("false"), nil
	}
	type plain keywords // which has no MarshalJSON
	return marshal((*plain)(k))
}

// typeNames is one name, or a list of them.
type typeNames []string

func (t typeNames) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return marshal(t[0])
	}
	return marshal([]string(t))
}

// members are names and their schemas, in the order in which the kinds declare
// them.
type members []member

type member struct {
	name   string
	schema *keywords
}

func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, one := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := marshal(one.name)
		if err != nil {
			return nil, err
		}
		schema, err := marshal(one.schema)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(schema)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// get returns the member of that name, which it adds if there is none.
func (m *members) get(name string) *keywords {
	for _, one := range *m {
		if one.name == name {
			return one.schema
		}
	}
	schema := new(keywords)
	*m = append(*m, member{name, schema})
	return schema
}

// marshal leaves < and > as they are: descriptions are for people.
func marshal[T interface{}](v T) ([]byte, error) {
	var b bytes.Buffer
	err := WriteJSON(&b, v, "")
	return bytes.TrimRight(b.Bytes(), "\n"), err
}
