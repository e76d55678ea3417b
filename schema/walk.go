package schema

import "slices"

// Every question about the content of a value uses this walk. A new type of value does
// not compile until it defines its parts.

// Visit calls visit for a value and then for everything in it, the fields of an object
// sorted by name. If visit returns false, it does not look inside.
func Visit(v Value, at Path, visit func(at Path, v Value) bool) {
	if v == nil || !visit(at, v) {
		return
	}
	v.parts(at, func(at Path, part Value) { Visit(part, at, visit) })
}

// Map returns a value with change applied to everything in it, and then to itself.
func Map(v Value, change func(v Value) Value) Value {
	if v == nil {
		return nil
	}
	return change(v.with(nil, func(_ Path, part Value) Value { return Map(part, change) }))
}

// MapAt is [Map] with the path of each value.
func MapAt(v Value, at Path, change func(at Path, v Value) Value) Value {
	if v == nil {
		return nil
	}
	return change(at, v.with(at, func(at Path, part Value) Value { return MapAt(part, at, change) }))
}

// Holds reports whether a value, or anything in it, is wanted.
func Holds(v Value, wanted func(v Value) bool) bool {
	found := false
	Visit(v, nil, func(_ Path, v Value) bool {
		found = found || wanted(v)
		return !found
	})
	return found
}

// Walk calls visit for each leaf of a tree of objects, sorted by name. Lists and
// unmodelled values are leaves.
func Walk(o Object, visit func(at Path, v Value)) {
	Visit(o, nil, func(at Path, v Value) bool {
		_, branch := v.(Object)
		if !branch {
			visit(at, v)
		}
		return branch
	})
}

// valueAt returns what is inside v at a path, of which names may be indexes of lists or
// lead into JSON in a text; nil = nothing is.
func valueAt(v Value, path Path) Value {
	var found Value
	Visit(v, nil, func(at Path, part Value) bool {
		if slices.Equal(at, path) {
			found = part
		}
		return path.Within(at)
	})
	return found
}
