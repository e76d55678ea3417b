package schema

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// InText is an object that is JSON in a string on the wire. A service's package may
// have unpacked it already.
type InText struct{ Of Type }

func (t InText) read(r *reader, n *Node, at Path) Value { return t.Of.read(r, n, at) }

func (t InText) fromWire(v Value) (Value, error) {
	if text, ok := v.(Text); ok && text != "" {
		unpacked, err := ParseJSON([]byte(text))
		if err != nil {
			return nil, &wireError{want: "JSON in a string", got: v}
		}
		v = unpacked
	}
	return t.Of.fromWire(v)
}

func (t InText) toWire(v Value) Value     { return Packed{t.Of.toWire(v)} }
func (t InText) spell(v Value) *yaml.Node { return t.Of.spell(v) }

// Column is a field of a database row: a single value, or an object or list,
// which the service takes and gives as JSON in a string (lowcode data source
// documentation).
type Column struct{ Name string }

func (t Column) read(r *reader, n *Node, at Path) Value {
	v := unpack(Open{}.readAny(r, t.Name, n, at))
	if holdsMask(v) {
		r.fault(n, at, "holds a mask, as the services show secrets, and not a value")
		return nil
	}
	return v
}

func (t Column) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	return unmodelled(marked(t.Name, unpack(v))), nil
}

// unpack returns an object that may be given as one, or in a string.
func unpack(v Value) Value {
	text, ok := v.(Text)
	if !ok || !strings.HasPrefix(string(text), "{") && !strings.HasPrefix(string(text), "[") {
		return v
	}
	unpacked, err := ParseJSON([]byte(text))
	if err != nil {
		return v
	}
	return unpacked
}

// unpackAll also unpacks JSON with spaces around it, and JSON in a string in JSON.
func unpackAll(text Text) Value {
	bare := Text(strings.TrimSpace(string(text)))
	if strings.HasPrefix(string(bare), `"`) {
		quoted, _ := ParseJSON([]byte(bare))
		if inside, ok := quoted.(Text); ok {
			return unpackAll(inside)
		}
	}
	return unpack(bare)
}

func (Column) toWire(v Value) Value {
	bare := v
	if wrapper, ok := v.(Unmodelled); ok {
		bare = wrapper.Value
	}
	switch bare.(type) {
	case Object, List:
		return Packed{v}
	}
	return v
}

func (Column) spell(v Value) *yaml.Node { return spellOpen(v) }
