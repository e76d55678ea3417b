package schema

import (
	"slices"

	"authsync/schema/list"
)

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
	wrong := list.Each(s.lacking(o), func(name string) Problem { return isLacking(name, at) })
	rules := s.Rules
	if s.Whole.Check != nil {
		rules = append(slices.Clip(rules), s.Whole)
	}
	for _, rule := range rules {
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
