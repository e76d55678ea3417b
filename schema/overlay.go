package schema

import "maps"

// Overlay lays the manifest's fields over the live ones: objects field by field,
// everything else whole. Live fields that the manifest does not name stay, modelled or
// not.
func Overlay(live, desired Object) Object {
	out := make(Object, len(live)+len(desired))
	maps.Copy(out, live)
	for name, value := range desired {
		inner, isObject := value.(Object)
		under, wasObject := unwrapLevel(out[name]).(Object)
		if isObject && wasObject {
			value = Overlay(under, inner)
		}
		out[name] = value
	}
	return out
}

// Project returns the part of live that desired names, in desired's form. A field that
// live does not have is Null.
func Project(live, desired Object) Object {
	out := make(Object, len(desired))
	for name, want := range desired {
		out[name] = project(unwrapLevel(live[name]), want)
	}
	return out
}

func project(live, want Value) Value {
	switch want := want.(type) {
	case Object:
		object, _ := live.(Object)
		return Project(object, want)
	case Secret:
		live = asSecret(live)
	}
	live = withoutUnset(Unwrap(live))
	if isEmpty(live) {
		return Null{}
	}
	return live
}

// Canonical returns desired with every form of unset as Null, to be compared with a
// projection.
func Canonical(desired Object) Object {
	out := make(Object, len(desired))
	for name, value := range desired {
		switch v := value.(type) {
		case Object:
			value = Canonical(v)
		default:
			value = withoutUnset(v)
			if isEmpty(value) {
				value = Null{}
			}
		}
		out[name] = value
	}
	return out
}

// withoutUnset is a list whose objects have no field that is unset: a service may show
// such a field, or leave it out. Items stay, whatever they are.
func withoutUnset(v Value) Value {
	if !IsList(v) {
		return v
	}
	return v.with(nil, func(_ Path, item Value) Value { return filled(item) })
}

// filled is a value without the fields that are unset in it, at any depth.
func filled(v Value) Value {
	o, ok := v.(Object)
	if !ok {
		return withoutUnset(v)
	}
	out := Object{}
	for name, field := range o {
		if field = filled(field); !isEmpty(field) && !blank(field) {
			out[name] = field
		}
	}
	return out
}

// isEmpty reports whether a value is unset, or a list without items.
func isEmpty(v Value) bool {
	switch v := v.(type) {
	case List:
		return len(v) == 0
	case Set:
		return len(v) == 0
	}
	return IsUnset(v)
}

func IsList(v Value) bool { return itemsOf(v) != nil }

func Without(o Object, paths []Path) Object {
	out := o.Clone()
	for _, path := range paths {
		under, ok := out.At(path[:len(path)-1]...).(Object)
		if ok {
			delete(under, path[len(path)-1])
		}
	}
	return out
}
