package schema

// unwrapLevel opens one level of an unmodelled value: the fields of an object are then
// unmodelled values.
func unwrapLevel(v Value) Value {
	c, ok := v.(Unmodelled)
	if !ok {
		return v
	}
	object, ok := c.Value.(Object)
	if !ok {
		return c.Value
	}
	out := make(Object, len(object))
	for name, value := range object {
		out[name] = Unmodelled{value}
	}
	return out
}

// Unwrap returns a value without the wrappers of unmodelled values.
func Unwrap(v Value) Value {
	return Map(v, func(v Value) Value {
		if wrapper, ok := v.(Unmodelled); ok {
			return wrapper.Value
		}
		return v
	})
}

// HoldsUnmodelled reports whether a value contains something unmodelled, which would
// be lost if a list with it were written again.
func HoldsUnmodelled(v Value) bool { return Holds(v, isUnmodelled) }

func isUnmodelled(v Value) bool {
	_, ok := v.(Unmodelled)
	return ok
}

func UnmodelledPaths(o Object) []Path {
	var paths []Path
	Walk(o, func(at Path, v Value) {
		if isUnmodelled(v) {
			paths = append(paths, at)
		}
	})
	return paths
}
