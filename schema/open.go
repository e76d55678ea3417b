package schema

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// Open is an object whose keys are the service's, not ours. Any value inside
// may be a secret.
type Open struct{}

func (Open) read(r *reader, n *Node, at Path) Value {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	return readOpen(r, n, at)
}

// readOpen reads any YAML as the JSON that it looks like.
func readOpen(r *reader, n *Node, at Path) Value {
	switch n.Form {
	case NullForm:
		return Null{}
	case ListForm:
		list := List{}
		for i, item := range n.Items {
			if v := readOpen(r, item, at.Then(strconv.Itoa(i))); v != nil {
				list = append(list, v)
			}
		}
		return list
	case MapForm:
		object := Object{}
		for _, f := range n.Fields {
			if v := readOpen(r, f.Value, at.Then(f.Name)); v != nil {
				object[f.Name] = v
			}
		}
		return object
	}
	if v, ok := readSecret(r, n, at); ok {
		return v
	}
	switch n.Tag {
	case "!!bool":
		b, _ := readBool(r, n, at, "true or false")
		return Bool(b)
	case "!!int", "!!float":
		return readOpenNumber(r, n, at)
	case "!!str", "!!timestamp":
		return Text(n.Text)
	}
	r.fault(n, at, "%s is not a tag of a manifest; there are !age and !env", n.Tag)
	return nil
}

// readOpenNumber takes only what YAML and JSON spell alike.
func readOpenNumber(r *reader, n *Node, at Path) Value {
	if v, err := ParseJSON([]byte(n.Text)); err == nil {
		if number, ok := v.(Number); ok {
			return number
		}
	}
	r.fault(n, at, "%s is a number that JSON cannot spell so; put quotes around it if it is text", quote(n.Text))
	return nil
}

func (Open) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	object, ok := v.(Object)
	if !ok {
		return nil, &wireError{want: "an object", got: v}
	}
	out := Object{}
	for name, value := range object {
		out[name] = Carried{value}
	}
	return out, nil
}

func (Open) toWire(v Value) Value { return v }

func (Open) spell(v Value) *yaml.Node { return spellOpen(v) }

func spellOpen(v Value) *yaml.Node {
	switch v := v.(type) {
	case Object:
		out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, name := range v.Names() {
			out.Content = append(out.Content, spellText(Text(name)), spellOpen(v[name]))
		}
		return out
	case List:
		out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range v {
			out.Content = append(out.Content, spellOpen(item))
		}
		return out
	case Bool:
		return spellBool(bool(v))
	case Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}
	case Text:
		return spellText(v)
	case Secret:
		return Sealed{}.spell(v)
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
}
