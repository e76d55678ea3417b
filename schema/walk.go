package schema

// Every question about what is inside a value is asked through this walk. A new
// sort of value does not compile until it says what its parts are.

// Visit calls visit for a value and then for all inside it, the fields of an
// object in the order of their names. Where visit returns false, it does not
// look inside.
func Visit(v Value, at Path, visit func(at Path, v Value) bool) {
	if v == nil || !visit(at, v) {
		return
	}
	v.parts(at, func(at Path, part Value) { Visit(part, at, visit) })
}

// Map returns a value with change applied to all inside it, and then to itself.
func Map(v Value, change func(v Value) Value) Value {
	if v == nil {
		return nil
	}
	return change(v.with(nil, func(_ Path, part Value) Value { return Map(part, change) }))
}

// Holds reports whether a value, or anything inside it, is one that is looked for.
func Holds(v Value, wanted func(v Value) bool) bool {
	found := false
	Visit(v, nil, func(_ Path, v Value) bool {
		found = found || wanted(v)
		return !found
	})
	return found
}

// Walk calls visit for each leaf of a tree of objects, names in order. Lists are
// leaves, and so is what is not modelled.
func Walk(o Object, visit func(at Path, v Value)) {
	Visit(o, nil, func(at Path, v Value) bool {
		_, branch := v.(Object)
		if !branch {
			visit(at, v)
		}
		return branch
	})
}
