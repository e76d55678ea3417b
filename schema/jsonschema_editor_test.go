package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// validator is a validator that is not ours, over the schema that is.
var validator = sync.OnceValue(func() *jsonschema.Resolved {
	text, err := schema.JSONSchema()
	if err != nil {
		panic(err)
	}
	resolved, err := validatorOf(text)
	if err != nil {
		panic(err)
	}
	return resolved
})

// validatorOf makes the validator of a JSON Schema.
func validatorOf(text []byte) (*jsonschema.Resolved, error) {
	var document jsonschema.Schema
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	return document.Resolve(nil)
}

// objection is what the schema has against a manifest, as an editor would
// hand it over; "" = nothing.
func objection(text []byte) string {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	err := d.Decode(&document)
	if errors.Is(err, io.EOF) {
		document, err = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}, nil
	} else if err == nil {
		document = *document.Content[0]
	}
	var tree interface{}
	if err == nil {
		tree, err = new(editor).value(&document, nil)
	}
	if err == nil {
		err = validator().Validate(tree)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// editor reads YAML as editors do that know the tags of secrets: a tagged value
// is text.
type editor struct{ count int }

func (e *editor) value(n *yaml.Node, open []*yaml.Node) (interface{}, error) {
	if e.count++; e.count > 200_000 {
		return nil, errors.New("too large")
	}
	switch n.Kind {
	case yaml.AliasNode:
		if slices.Contains(open, n.Alias) {
			return nil, errors.New("an alias inside its own anchor")
		}
		return e.value(n.Alias, append(open, n.Alias))
	case yaml.SequenceNode:
		list := []interface{}{}
		for _, item := range n.Content {
			v, err := e.value(item, open)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.MappingNode:
		return e.mapping(n, open)
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool", "!!int", "!!float":
		var v interface{}
		err := n.Decode(&v)
		if f, is := v.(float64); is && (f != f || f-f != 0) {
			return nil, errors.New("no number of JSON's")
		}
		return v, err
	}
	return n.Value, nil
}

func (e *editor) mapping(n *yaml.Node, open []*yaml.Node) (interface{}, error) {
	object, merged := map[string]interface{}{}, map[string]interface{}{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		v, err := e.value(n.Content[i+1], open)
		if err != nil {
			return nil, err
		}
		_, again := object[key.Value]
		switch {
		case key.ShortTag() == "!!merge":
			if err := merge(merged, v); err != nil {
				return nil, err
			}
		case key.Kind != yaml.ScalarNode || again:
			return nil, errors.New("a name that is none, or is there twice")
		default:
			object[key.Value] = v
		}
	}
	for name, v := range merged {
		if _, own := object[name]; !own {
			object[name] = v
		}
	}
	return object, nil
}

func merge(into map[string]interface{}, v interface{}) error {
	list, isList := v.([]interface{})
	if !isList {
		list = []interface{}{v}
	}
	for _, one := range list {
		fields, ok := one.(map[string]interface{})
		if !ok {
			return errors.New("<< of no mapping")
		}
		for name, field := range fields {
			if _, earlier := into[name]; !earlier {
				into[name] = field
			}
		}
	}
	return nil
}
