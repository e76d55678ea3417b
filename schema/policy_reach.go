package schema

import "strconv"

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
			if place := itemName(at, i, item); name == anyName || name == place {
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
		f.visit(at.Then(itemName(at, i, item)), item)
	}
}

// itemName is what a path calls an item of a list. An object of a kind that is written
// as a list of names has its own: how many stand before it is another in a manifest, in
// live and at the next change.
func itemName(list Path, i int, item Value) string {
	if k := kindOfCollection(list[0]); len(list) == 1 && k != nil && k.Notation == NamesOnly {
		if name, is := item.(Text); is {
			return string(name)
		}
	}
	return strconv.Itoa(i)
}
