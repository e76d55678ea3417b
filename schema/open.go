package schema

import (
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"
)

// Open is an object whose keys are the service's, not ours. Any value inside
// may be a secret.
type Open struct {
	// Secrets are names whose values are secrets for certain: in clear they
	// are a fault. Nil = nobody knows.
	Secrets *regexp.Regexp
}

func (t Open) read(r *reader, n *Node, at Path) Value {
	if n.Form != MapForm {
		r.fault(n, at, "takes a mapping, not %s", n.Form)
		return nil
	}
	return t.readAny(r, n, at)
}

// readAny reads any YAML as the JSON that it looks like.
func (t Open) readAny(r *reader, n *Node, at Path) Value {
	switch n.Form {
	case NullForm:
		return Null{}
	case ListForm:
		list := List{}
		for i, item := range n.Items {
			if v := t.readAny(r, item, at.Then(strconv.Itoa(i))); v != nil {
				list = append(list, v)
			}
		}
		return list
	case MapForm:
		object := Object{}
		for _, f := range n.Fields {
			if v := t.readNamed(r, f, at.Then(f.Name)); v != nil {
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
		if masked(n.Text) {
			r.fault(n, at, "is a mask, as the services show secrets, and not a value")
			return nil
		}
		return Text(n.Text)
	}
	r.fault(n, at, "%s is not a tag of a manifest; there are !age and !env", n.Tag)
	return nil
}

// readNamed reads the value of a name, which may say that it is a secret.
func (t Open) readNamed(r *reader, f NamedNode, at Path) Value {
	if t.isSecret(f.Name) && f.Value.Form == ScalarForm {
		return Sealed{}.read(r, f.Value, at)
	}
	return t.readAny(r, f.Value, at)
}

func (t Open) isSecret(name string) bool { return t.Secrets != nil && t.Secrets.MatchString(name) }

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

// fromWire takes a mask for a hidden secret, wherever it stands. All else is
// carried: nobody knows what it is.
func (t Open) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	object, ok := v.(Object)
	if !ok {
		return nil, &wireError{want: "an object", got: v}
	}
	out := Object{}
	for name, value := range object {
		out[name] = t.shown(name, value)
	}
	return out, nil
}

func (t Open) shown(name string, v Value) Value {
	switch v := v.(type) {
	case Text:
		if v != "" && (t.isSecret(name) || masked(string(v))) {
			secret, _ := Sealed{}.fromWire(v)
			return secret
		}
	case Object:
		out, _ := t.fromWire(v)
		return out
	case Secret:
		return v
	}
	return Unmodelled{hideMasks(v)}
}

func (Open) toWire(v Value) Value { return v }

func (Open) spell(v Value) *yaml.Node { return spellOpen(v) }

func spellOpen(v Value) *yaml.Node {
	switch v := Unwrap(v).(type) {
	case Object:
		out := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, name := range v.Names() {
			out.Content = append(out.Content, spellText(Text(name)), spellOpen(v[name]))
		}
		return out
	case Text:
		return spellText(v)
	case Secret:
		return Sealed{}.spell(v)
	default:
		if isList(v) {
			return spellItems(Open{}, itemsOf(v))
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Value: Show(v)} // as JSON spells it
	}
}
