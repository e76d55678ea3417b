package schema

import (
	"strconv"

	"gopkg.in/yaml.v3"

	"authsync/schema/lang"
)

// Pairs is a list of {key, value}, such as the headers of a request. A value whose
// key names a secret is one.
type Pairs struct{}

func (Pairs) read(r *reader, n *Node, at Path) Value {
	if n.Form != ListForm {
		r.fault(n, at, "takes a list of {key, value}, not %s", n.Form)
		return nil
	}
	pairs := List{}
	for i, item := range n.Items {
		place := at.Then(strconv.Itoa(i))
		if item.Form != MapForm || item.Field("key") == nil {
			r.fault(item, place, "takes {key, value}")
			continue
		}
		if v := (Open{}).readAny(r, "", item, place); v != nil {
			pairs = append(pairs, v)
		}
	}
	return pairs
}

func (Pairs) fromWire(v Value) (Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	list, ok := v.(List)
	if !ok {
		return nil, &wireError{want: "a list", got: v}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return marked("", list), nil
}

func (Pairs) toWire(v Value) Value     { return v }
func (Pairs) decode(v Value) Value     { return v }
func (Pairs) spell(v Value) *yaml.Node { return spellOpen(v) }
func (Pairs) whole() *keywords         { return nil }

func (Pairs) words() lang.Message {
	return lang.Of("a list of {key, value}; a value whose key names a secret is one: !age or !env NAME")
}

func (Pairs) describe(d *describer) *keywords {
	pair := &keywords{Type: typeNames{"object"}, Ref: d.value(), Required: []string{"key"}}
	return &keywords{Type: typeNames{"array"}, Items: pair}
}
