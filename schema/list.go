package schema

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// ListOf is an ordered list.
type ListOf struct{ Item Type }

func (t ListOf) read(r *reader, n *Node, at Path) Value {
	items, ok := readItems(r, t.Item, n, at)
	if !ok {
		return nil
	}
	return List(items)
}

func readItems(r *reader, t Type, n *Node, at Path) (items []Value, ok bool) {
	if n.Form != ListForm {
		r.fault(n, at, "takes a list, not %s", n.Form)
		return nil, false
	}
	items = []Value{}
	for i, item := range n.Items {
		if v := t.read(r, item, at.Then(strconv.Itoa(i))); v != nil {
			items = append(items, v)
		}
	}
	return items, true
}

func (t ListOf) fromWire(v Value) (Value, error) {
	items, err := itemsFromWire(t.Item, v)
	if items == nil {
		return nil, err
	}
	return List(items), nil
}

// itemsFromWire treats an empty list as unset: services send [] for a list that was
// never given.
func itemsFromWire(t Type, v Value) ([]Value, error) {
	if IsUnset(v) {
		return nil, nil
	}
	list, ok := v.(List)
	if !ok {
		return nil, &wireError{want: "a list", got: v}
	}
	var items []Value
	for i, item := range list {
		value, err := t.fromWire(item)
		if err != nil {
			return nil, within(strconv.Itoa(i), err)
		}
		if value != nil {
			items = append(items, value)
		}
	}
	return items, nil
}

func (t ListOf) toWire(v Value) Value { return itemsToWire(t.Item, v) }

func itemsToWire(t Type, v Value) Value {
	if isUnmodelled(v) {
		return v
	}
	items := itemsOf(v)
	out := make(List, len(items))
	for i, item := range items {
		out[i] = t.toWire(item)
	}
	return out
}

func (t ListOf) spell(v Value) *yaml.Node { return spellItems(t.Item, itemsOf(v)) }

func spellItems(t Type, items []Value) *yaml.Node {
	out := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	for _, item := range items {
		out.Content = append(out.Content, t.spell(item))
	}
	return out
}

// SetOf is a list without an order and without repetition.
type SetOf struct{ Item Type }

func (t SetOf) read(r *reader, n *Node, at Path) Value {
	items, ok := readItems(r, t.Item, n, at)
	if !ok {
		return nil
	}
	alike := map[string][]Value{} // by what is the same of equal ones
	for _, item := range items {
		key := Show(item)
		if _, number := item.(Number); number {
			key = "" // 1 and 1.0 are the same
		}
		if holds(alike[key], item) {
			r.fault(n, at, "holds %s twice", Show(item))
		}
		alike[key] = append(alike[key], item)
	}
	return Set(items)
}

func (t SetOf) fromWire(v Value) (Value, error) {
	items, err := itemsFromWire(t.Item, v)
	if items == nil {
		return nil, err
	}
	return Set(items), nil
}

func (t SetOf) toWire(v Value) Value     { return itemsToWire(t.Item, v) }
func (t SetOf) spell(v Value) *yaml.Node { return spellItems(t.Item, itemsOf(v)) }
