package schema

import (
	"maps"
	"slices"
	"strconv"
)

// Whole lays objects out as a manifest does: by collection and name, with the settings
// of groups and of systems. Kinds that are not among them are left out.
func (e *Environment) Whole(objects map[string]map[string]Object) Object {
	systems := Object{}
	for name, settings := range e.Systems {
		systems[name] = settings
	}
	whole := Object{"systems": systems}
	if len(e.Labels) > 0 {
		whole[labels] = e.Labels
	}
	if len(e.Recipients) > 0 {
		whole["recipients"] = Set(texts(e.Recipients))
	}
	for _, k := range Kinds {
		if of, there := objects[k.Name]; there {
			whole[k.Collection] = k.laidOut(of, e.Collections[k.Name])
		}
	}
	return whole
}

// laidOut is what stands under a kind's collection.
func (k *Kind) laidOut(of map[string]Object, c *Collection) Value {
	if k.Notation == NamesOnly {
		return Set(texts(slices.Sorted(maps.Keys(of))))
	}
	if k.Arity == One {
		return of[""]
	}
	out := Object{}
	if c != nil {
		for name, settings := range c.Groups {
			out[name] = settings.Clone()
		}
	}
	for name, o := range of {
		put(out, k.Path(name)[1:], o)
	}
	return out
}

func put(in Object, path Path, v Value) {
	for _, name := range path[:len(path)-1] {
		inner, _ := in[name].(Object)
		if inner == nil {
			inner = Object{}
			in[name] = inner
		}
		in = inner
	}
	in[path[len(path)-1]] = v
}

// Stated returns the manifest's objects, with what speaks to authsync, by kind and name.
func (e *Environment) Stated() map[string]map[string]Object {
	all := map[string]map[string]Object{}
	for name, c := range e.Collections {
		all[name] = map[string]Object{}
		for _, d := range c.Objects {
			all[name][d.Key.Name] = Overlay(d.Fields, d.Meta)
		}
	}
	return all
}

// KindOf returns the kind whose objects a path leads to, or nil.
func KindOf(path Path) *Kind { return kindOfCollection(path[0]) }

// Judged calls visit for each place that the rule is about, with its value; nil = there
// is none, though the object that it would be in exists.
func (r *PolicyRule) Judged(whole Object, visit func(at Path, v Value)) {
	reach{visit, r.Test.operator.extent, objectLevel(r.Field)}.from(whole, nil, r.Field)
}

// objectLevel is how long the path of the object, the group or the system that contains a
// place is; 0 = it always exists.
func objectLevel(path Path) int {
	const named = 2 // a system, or the settings of a group
	k := kindOfCollection(path[0])
	switch {
	case path[0] == "systems":
		return min(named, len(path))
	case k == nil || k.Arity == One:
		return 0
	}
	_, below, ok := k.NameAt(path)
	switch {
	case ok:
		return len(path) - len(below)
	case k.Arity == Groups:
		return min(named, len(path))
	}
	return 0
}

// reach finds the places of a path in a value.
type reach struct {
	visit  func(at Path, v Value)
	extent Extent
	object int // see [objectLevel]: an object that does not exist has no places
}

func (f reach) from(v Value, at, rest Path) {
	switch wrapper := v.(type) {
	case Unmodelled:
		f.unmodelled().from(wrapper.Value, at, rest)
		return
	case Packed:
		f.from(wrapper.Value, at, rest)
		return
	}
	if len(rest) == 0 {
		f.end(v, at)
		return
	}
	name, below := rest[0], rest[1:]
	if items := itemsOf(v); items != nil {
		for i, item := range items {
			if place := strconv.Itoa(i); name == anyName || name == place {
				f.from(item, at.Then(place), below)
			}
		}
		return
	}
	object, _ := v.(Object)
	names := []string{name}
	if name == anyName {
		names = object.Names()
	}
	for _, name := range names {
		if object[name] != nil || len(at) >= f.object {
			f.from(object[name], at.Then(name), below)
		}
	}
}

// unmodelled wraps again what is found inside a wrapper.
func (f reach) unmodelled() reach {
	inner := f
	inner.visit = func(at Path, v Value) {
		if v != nil {
			v = Unmodelled{v}
		}
		f.visit(at, v)
	}
	return inner
}

// end is a place; of a list that is judged by its items, each of them is one.
func (f reach) end(v Value, at Path) {
	items := itemsOf(v)
	if items == nil || f.extent != ByItem {
		f.visit(at, v)
		return
	}
	for i, item := range items {
		f.visit(at.Then(strconv.Itoa(i)), item)
	}
}

// Position returns where the manifest states a place, or else what is around it.
func (e *Environment) Position(path Path) Position {
	pos, n := Position{File: e.File, Line: 1, Column: 1}, e.node
	for _, name := range path {
		if n = n.in(name); n == nil {
			break
		}
		pos = n.Pos
	}
	return pos
}

// in returns the value under a name, or the item with a number.
func (n *Node) in(name string) *Node {
	i, err := strconv.Atoi(name)
	switch {
	case err != nil || n.Form == MapForm && !n.Names:
		return n.Field(name)
	case n.Names && i < len(n.Fields):
		return n.Fields[i].Value
	case i < len(n.Items):
		return n.Items[i]
	}
	return nil
}
