package schema

import (
	"slices"

	"authsync/secrets"
)

// Overlay lays the manifest's fields over the live ones: objects field by
// field, everything else whole. Live fields that the manifest does not name
// stay, also those that authsync does not model.
func Overlay(live, desired Object) Object {
	out := make(Object, len(live)+len(desired))
	for name, value := range live {
		out[name] = value
	}
	for name, value := range desired {
		inner, isObject := value.(Object)
		under, wasObject := uncarried(out[name]).(Object)
		if isObject && wasObject {
			value = Overlay(under, inner)
		}
		out[name] = value
	}
	return out
}

// uncarried opens one level of a carried value: the fields inside an object
// are then carried themselves.
func uncarried(v Value) Value {
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

// Unwrap takes the wrappers off what is carried.
func Unwrap(v Value) Value {
	switch v := v.(type) {
	case List:
		return List(bareItems(v))
	case Set:
		return Set(bareItems(v))
	case Unmodelled:
		return Unwrap(v.Value)
	case Object:
		out := make(Object, len(v))
		for name, inner := range v {
			out[name] = Unwrap(inner)
		}
		return out
	}
	return v
}

func bareItems(items []Value) []Value {
	out := make([]Value, len(items))
	for i, item := range items {
		out[i] = Unwrap(item)
	}
	return out
}

// HoldsUnmodelled reports whether a list has items with fields that authsync does
// not model. Writing the list anew would lose them.
func HoldsUnmodelled(v Value) bool {
	switch v := v.(type) {
	case Unmodelled:
		return true
	case List:
		for _, item := range v {
			if HoldsUnmodelled(item) {
				return true
			}
		}
	case Set:
		return HoldsUnmodelled(List(v))
	case Object:
		for _, inner := range v {
			if HoldsUnmodelled(inner) {
				return true
			}
		}
	}
	return false
}

// Project returns the part of live that desired names, in the form in which
// desired states it. What live does not have is Null.
func Project(live, desired Object) Object {
	out := make(Object, len(desired))
	for name, want := range desired {
		out[name] = project(uncarried(live[name]), want)
	}
	return out
}

func project(live, want Value) Value {
	switch want := want.(type) {
	case Object:
		object, _ := live.(Object)
		return Project(object, want)
	case Secret:
		live = asSecret(Unwrap(live))
	}
	live = Unwrap(live)
	if isEmpty(live) {
		return Null{}
	}
	return live
}

// MarkSecrets returns live with what desired holds as a secret as a secret too.
// Where the names of fields are the service's own, such as the columns of a
// record, the manifest alone knows which of them is one.
func MarkSecrets(live, desired Object) Object {
	out := make(Object, len(live))
	for name, value := range live {
		out[name] = confide(value, desired[name])
	}
	return out
}

func confide(live, want Value) Value {
	switch want := want.(type) {
	case Object:
		if under, ok := live.(Object); ok {
			return MarkSecrets(under, want)
		}
	case List:
		if under, ok := live.(List); ok {
			return confideList(under, want)
		}
	case Secret:
		return asSecret(live)
	}
	return live
}

// confideList goes by the place in the list. Where there are more items than
// the manifest has, whatever could be a secret there is taken for one.
func confideList(live, want List) List {
	out := make(List, len(live))
	for i, item := range live {
		out[i] = item
		switch {
		case i < len(want):
			out[i] = confide(item, want[i])
		case len(want) > 0:
			out[i] = confide(item, want[len(want)-1])
		}
	}
	return out
}

// asSecret is a value of live at the place of a secret. What is no text is
// taken as its JSON.
func asSecret(live Value) Value {
	if IsUnset(live) {
		return live
	}
	switch live := live.(type) {
	case Text:
		secret, _ := Sealed{}.fromWire(live)
		return secret
	case Number, Bool, Object, List:
		text, err := EncodeJSON(live, func(v secrets.Value) (secrets.Clear, error) { return secrets.NewClear("(secret)"), nil })
		if err != nil {
			return Secret{secrets.Hidden("")}
		}
		return Secret{secrets.Plain(string(text))}
	}
	return live
}

// Canonical is desired with every spelling of "nothing" as Null, to be
// compared with a projection.
func Canonical(desired Object) Object {
	out := make(Object, len(desired))
	for name, value := range desired {
		switch v := value.(type) {
		case Object:
			value = Canonical(v)
		default:
			if isEmpty(v) {
				value = Null{}
			}
		}
		out[name] = value
	}
	return out
}

// isEmpty adds to what is unset a list without items.
func isEmpty(v Value) bool {
	switch v := v.(type) {
	case List:
		return len(v) == 0
	case Set:
		return len(v) == 0
	}
	return IsUnset(v)
}

// Walk calls visit for each leaf of a tree, names in order. Lists are leaves.
func Walk(o Object, visit func(at Path, v Value)) { walk(o, nil, visit) }

func walk(o Object, at Path, visit func(Path, Value)) {
	for _, name := range o.Names() {
		if inner, ok := o[name].(Object); ok {
			walk(inner, at.Then(name), visit)
			continue
		}
		visit(at.Then(name), o[name])
	}
}

// Hidden returns the paths of secrets that live hides: a body that holds one
// would write the mask back.
func Hidden(o Object) []Path {
	var paths []Path
	Walk(o, func(at Path, v Value) {
		if hides(v) {
			paths = append(paths, at)
		}
	})
	return paths
}

// hides reports whether a value is hidden, or holds what is.
func hides(v Value) bool {
	switch v := v.(type) {
	case Secret:
		return v.Form() == secrets.HiddenForm
	case List:
		return slices.ContainsFunc(v, hides)
	case Object:
		return len(Hidden(v)) > 0
	}
	return false
}

// UnmodelledPaths returns the paths of what authsync does not model.
func UnmodelledPaths(o Object) []Path {
	var paths []Path
	Walk(o, func(at Path, v Value) {
		if _, ok := v.(Unmodelled); ok {
			paths = append(paths, at)
		}
	})
	return paths
}

// Without returns o less the fields at paths.
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

// FromWire reads an object as a service sent it. Fields that authsync does not
// model are under [Extra], as [Unmodelled] values.
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

// Settable is an object without the fields that only the service sets.
func (k *Kind) Settable(fields Object) Object {
	out := Object{}
	for name, v := range fields {
		if f := k.Type.Field(name); f == nil || f.Access == Settable {
			out[name] = v
		}
	}
	return out
}

// NotShown returns the paths of the fields that the service never shows, in
// the objects that fields has.
func (k *Kind) NotShown(fields Object) []Path { return k.Type.notShown(fields, nil) }

func (s Struct) notShown(o Object, at Path) []Path {
	var paths []Path
	for _, f := range s.Fields {
		under, isStruct := f.Type.(Struct)
		inner, isObject := o[f.Name].(Object)
		switch {
		case f.Sight == NotShown:
			paths = append(paths, at.Then(f.Name))
		case isStruct && isObject:
			paths = append(paths, under.notShown(inner, at.Then(f.Name))...)
		}
	}
	return paths
}

// MarkHidden is an object as it will be read once the service has it: a secret
// that it was not given, beside what comes with one, is taken as hidden.
func (k *Kind) MarkHidden(fields Object) Object { return k.Type.markHidden(fields) }

// Broken returns what the rules of the kind say against an object as a whole:
// against the manifest's fields laid over live, say.
func (k *Kind) Broken(fields Object) []Problem {
	var wrong []Problem
	for _, rule := range k.Type.Rules {
		for _, p := range rule.Check(fields) {
			if p.Severity == Wrong {
				wrong = append(wrong, p)
			}
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
