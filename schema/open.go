package schema

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// Open is an object with names that the service chooses. Any value in it may be a
// secret; see [MayBeSecret].
type Open struct{}

func (t Open) read(r *reader, n *Node, at Path) Value {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	return t.readAny(r, "", n, at)
}

// readAny reads YAML as the JSON that it looks like. A value under the name of a
// secret is a secret.
func (t Open) readAny(r *reader, name string, n *Node, at Path) Value {
	switch n.Form {
	case NullForm:
		return Null{}
	case ListForm:
		list := List{}
		for i, item := range n.Items {
			if v := t.readAny(r, name, item, at.Then(strconv.Itoa(i))); v != nil {
				list = append(list, v)
			}
		}
		return list
	case MapForm:
		object := Object{}
		for _, f := range n.Fields {
			if v := t.readAny(r, NameIn(name, f.Name, n.textOf), f.Value, at.Then(f.Name)); v != nil {
				object[f.Name] = v
			}
		}
		return object
	}
	if v, ok := readSecret(r, n, at); ok {
		return v
	}
	if v, is := readToSet(r, n, openToSet(name), at); is {
		return v
	}
	v := t.readScalar(r, n, at)
	if text, ok := v.(Text); ok && r.plain != SecretsPlain && r.mayBeSecret(name, text, at) {
		return Sealed{}.read(r, n, at)
	}
	return v
}

func (t Open) readScalar(r *reader, n *Node, at Path) Value {
	switch n.Tag {
	case "!!bool":
		b, _ := readBool(r, n, at, "true or false")
		return Bool(b)
	case "!!int", "!!float":
		return readOpenNumber(r, n, at)
	case "!!str", "!!timestamp":
		if IsMask(n.Text) {
			r.fault(n, at, NotAValue)
			return nil
		}
		return Text(n.Text)
	}
	r.fault(n, at, "%s is not a tag of a manifest; there are !age and !env", n.Tag)
	return nil
}

// readOpenNumber accepts only numbers that YAML and JSON spell the same.
func readOpenNumber(r *reader, n *Node, at Path) Value {
	if v, err := ParseJSON([]byte(n.Text)); err == nil {
		if number, ok := v.(Number); ok {
			return number
		}
	}
	r.fault(n, at, "%s is a number that JSON cannot spell so; put quotes around it if it is text", quote(n.Text))
	return nil
}

// fromWire reads what may be a secret as one. Everything else is unmodelled.
func (t Open) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	object, ok := v.(Object)
	if !ok {
		return nil, &wireError{want: "an object", got: v}
	}
	return unmodelled(marked("", object)), nil
}

// Any is a value of any sort that stands under the service's own name, such as one
// in an object of which not all is known. It may be a secret, by its name.
type Any struct{ Name string }

func (t Any) read(r *reader, n *Node, at Path) Value { return Open{}.readAny(r, t.Name, n, at) }

func (t Any) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	return unmodelled(marked(t.Name, v)), nil
}

func (Any) toWire(v Value) Value     { return v }
func (Any) spell(v Value) *yaml.Node { return spellOpen(v) }

// unmodelled wraps the leaves of a tree of objects that are not secrets.
func unmodelled(v Value) Value {
	switch v := v.(type) {
	case Object:
		return v.with(nil, func(_ Path, part Value) Value { return unmodelled(part) })
	case Secret, Unmodelled:
		return v
	}
	return Unmodelled{v}
}

func (Open) toWire(v Value) Value     { return v }
func (Open) spell(v Value) *yaml.Node { return spellOpen(v) }

func spellOpen(v Value) *yaml.Node {
	switch v := Unwrap(v).(type) {
	case Object:
		var out mapping
		for _, name := range v.Names() {
			out.add(name, spellOpen(v[name]))
		}
		return out.node()
	case Text:
		return spellText(v)
	case Secret:
		return Sealed{}.spell(v)
	case ToSet:
		return v.spelled()
	default:
		if IsList(v) {
			return spellItems(Open{}, itemsOf(v))
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Value: Show(v)} // as JSON spells it
	}
}
