package schema

import (
	"slices"

	"authsync/secrets"
)

// Overlay lays the manifest's fields over the live ones: objects field by field,
// everything else whole. Live fields that the manifest does not name stay, modelled or
// not.
func Overlay(live, desired Object) Object {
	out := make(Object, len(live)+len(desired))
	for name, value := range live {
		out[name] = value
	}
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

// Hidden returns the paths of values that live hides, or lists that contain one: a
// body with one would write the mask back.
func Hidden(o Object) []Path {
	var paths []Path
	Visit(o, nil, func(at Path, v Value) bool {
		hides := IsList(v) && Hides(v) || isHidden(v)
		if hides {
			paths = append(paths, at)
		}
		return !hides
	})
	return paths
}

// Hides reports whether a value is hidden or contains a hidden one.
func Hides(v Value) bool { return Holds(v, isHidden) }

func isHidden(v Value) bool {
	secret, ok := v.(Secret)
	return ok && secret.Form() == secrets.HiddenForm
}

// IsList reports whether a value is a list or a set.
func IsList(v Value) bool { return itemsOf(v) != nil }

// UnmodelledPaths returns the paths of unmodelled values.
func UnmodelledPaths(o Object) []Path {
	var paths []Path
	Walk(o, func(at Path, v Value) {
		if isUnmodelled(v) {
			paths = append(paths, at)
		}
	})
	return paths
}

// Without returns o without the fields at paths.
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

// FromWire reads a service's object. Unmodelled fields are under [Extra], as
// [Unmodelled] values.
func (k *Kind) FromWire(wire Object) (Object, error) {
	v, err := k.Type.fromWire(wire)
	if err != nil {
		return nil, err
	}
	fields, _ := v.(Object)
	return fields, nil
}

// ToWire spells an object's fields as the service does.
func (k *Kind) ToWire(fields Object) Object {
	wire, _ := k.Type.toWire(fields).(Object)
	return wire
}

// Settable returns an object without the fields that only the service sets.
func (k *Kind) Settable(fields Object) Object {
	out := Object{}
	for name, v := range fields {
		if f := k.Type.Field(name); f == nil || f.Access == Settable {
			out[name] = v
		}
	}
	return out
}

// WriteOnly returns the paths of write-only fields in the objects that fields has.
func (k *Kind) WriteOnly(fields Object) []Path { return k.Type.sighted(WriteOnly, fields, nil) }

// MayHide returns the paths of the fields of which nobody knows whether the
// service shows them, in the objects that fields has.
func (k *Kind) MayHide(fields Object) []Path { return k.Type.sighted(MayHide, fields, nil) }

// TypeIsWriteOnly reports whether a path lies in a write-only field.
func (k *Kind) TypeIsWriteOnly(at Path) bool {
	fields := k.Type
	for _, name := range at {
		f := fields.Field(name)
		if f == nil || f.Sight == WriteOnly {
			return f != nil
		}
		inner, isStruct := f.Type.(Struct)
		if !isStruct {
			return false
		}
		fields = inner
	}
	return false
}

func (s Struct) sighted(sight Sight, o Object, at Path) []Path {
	var paths []Path
	for _, f := range s.Fields {
		under, isStruct := f.Type.(Struct)
		inner, isObject := o[f.Name].(Object)
		switch {
		case f.Sight == sight:
			paths = append(paths, at.Then(f.Name))
		case isStruct && isObject:
			paths = append(paths, under.sighted(sight, inner, at.Then(f.Name))...)
		}
	}
	return paths
}

// MarkHidden returns an object as it will be read once the service has it: a missing
// secret beside its companion is read as hidden.
func (k *Kind) MarkHidden(fields Object) Object { return k.Type.markHidden(fields) }

// Broken returns the problems that the kind's rules find in a whole object, such as
// the manifest's fields laid over live.
func (k *Kind) Broken(fields Object) []Problem { return k.Type.broken(fields, nil) }

func (s Struct) broken(o Object, at Path) []Problem {
	var wrong []Problem
	for _, name := range s.lacking(o) {
		wrong = append(wrong, isLacking(name, at))
	}
	for _, rule := range s.Rules {
		for _, p := range rule.Check(o) {
			if p.Severity != Doubtful {
				p.At = append(slices.Clip(at), p.At...)
				wrong = append(wrong, p)
			}
		}
	}
	for _, f := range s.Fields {
		under, isStruct := f.Type.(Struct)
		if inner, isObject := o[f.Name].(Object); isStruct && isObject {
			wrong = append(wrong, under.broken(inner, at.Then(f.Name))...)
		}
	}
	return wrong
}

// Clearable reports whether null may be written at a path below an object.
func (k *Kind) Clearable(at Path) bool {
	var t Type = k.Type
	for i, name := range at {
		s, ok := t.(Struct)
		if !ok {
			return true // an open object: what is in it is sent whole
		}
		f := s.Field(name)
		switch {
		case f == nil:
			return true
		case i == len(at)-1:
			return f.Clear == Clears
		}
		t = f.Type
	}
	return false
}
