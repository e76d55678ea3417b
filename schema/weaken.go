package schema

import (
	"slices"

	"authsync/schema/list"
)

// Weakening is a change of a field that makes the environment less safe. Weakenings
// are data of the fields; [Kind.Weakened] interprets them.
type Weakening struct {
	// By says whether a change is a weakening.
	By Weakens
	// Why is what the change makes possible: a clause in lower case that
	// follows the name of the field in a message.
	Why string
}

// Weakens reports whether the change of a value at a path in the object makes the
// environment less safe. Before is the live value: Null if it is unset or hidden, and
// nil if there is no such object yet. After is the wanted value; Null clears it.
// Neither is a [Secret] or [Unmodelled].
type Weakens func(at Path, before, after Value) bool

// Weakened reports whether a change in an object of the kind makes the environment
// less safe, and why. Before and after are in the manifest's form, as package diff
// reports them: a single value, or an object or list with everything in it.
//
//	before  nil   the object is new
//	        Null  the field is unset
//	after   nil   it is removed, and a removed value weakens nothing
//	        Null  it is cleared
//
// Fields of an object that after does not name are left alone, since the manifest is
// laid over what is live; in a list they are removed with their item. Equal values are
// no change, and a secret never weakens, since its values are not compared.
func (k *Kind) Weakened(at Path, before, after Value) (why string, weaker bool) {
	s := slot{typ: k.Type}
	for _, name := range at {
		s = s.inside(name)
	}
	return s.weakened(Unwrap(before), Unwrap(after))
}

// Risky reports whether a value is one to which a change from the service's default
// makes the environment less safe, and why: an object that is new has no values before,
// and one that always exists has unset ones.
func (k *Kind) Risky(at Path, v Value) (why string, risky bool) {
	var before Value
	if k.Arity == One {
		before = Null{}
	}
	return k.Weakened(at, before, v)
}

// slot is the place of a value in an object.
type slot struct {
	at     Path
	typ    Type       // nil = the service's own, not known
	weaker *Weakening // the nearest on the way; nil = none
	// absent is the value of a name that after does not have: nil = it stays, Null =
	// it is removed.
	absent Value
}

// inside returns the place of a field of the value, or of an item of a list.
func (s slot) inside(name string) slot {
	in := slot{at: s.at.Then(name), weaker: s.weaker, absent: s.absent}
	switch t := s.typ.(type) {
	case Struct:
		f := t.weakField(name)
		in.typ = f.Type
		if f.Weaker != nil {
			in.weaker = f.Weaker
		}
	case ListOf:
		in.typ, in.absent = t.Item, Null{}
	case SetOf:
		in.typ, in.absent = t.Item, Null{}
	}
	return in
}

// weakField returns the field with a name, modelled or not.
func (s Struct) weakField(name string) Field {
	f := s.Field(name)
	switch {
	case f != nil:
		return *f
	case s.Others != nil:
		return Field{Type: s.other(name), Weaker: s.Weaker}
	case name == Extra:
		return Field{Type: Open{}, Weaker: openWeaker}
	}
	return Field{}
}

func (s slot) weakened(before, after Value) (why string, weaker bool) {
	if _, secret := s.typ.(Sealed); secret || after == nil || Same(before, after) {
		return "", false
	}
	if _, secret := after.(Secret); secret {
		return "", false
	}
	if _, unknown := before.(Secret); unknown {
		before = Null{}
	}
	if s.weaker != nil && s.weaker.By(s.at, before, after) {
		return s.weaker.Why, true
	}
	switch after := after.(type) {
	case Object:
		return s.fields(before, after)
	case List:
		return s.items(before, after)
	case Set:
		return s.items(before, after)
	case Null:
		s.absent = Null{}
		return s.fields(before, Object{})
	}
	return "", false
}

// fields checks the fields that an object has and those that it loses.
func (s slot) fields(before Value, after Object) (why string, weaker bool) {
	names := after.Names()
	if was, ok := before.(Object); ok {
		names = list.Distinct(append(names, was.Names()...))
	}
	for _, name := range names {
		want, named := after[name]
		if !named {
			want = s.absent
		}
		if why, weaker := s.inside(name).weakened(valueIn(before, name), want); weaker {
			return why, true
		}
	}
	return "", false
}

// valueIn returns the old value under a name, for [Weakens].
func valueIn(before Value, name string) Value {
	if before == nil {
		return nil
	}
	object, _ := before.(Object)
	if v := object[name]; v != nil {
		return v
	}
	return Null{}
}

// items checks the new items of a list. The old value of an item is the one at its
// index, unless that one only moved.
func (s slot) items(before, after Value) (why string, weaker bool) {
	was, wants := itemsOf(before), itemsOf(after)
	in := s.inside("")
	in.at, in.absent = s.at, Null{}
	for i, want := range wants {
		if holds(was, want) {
			continue
		}
		var old Value
		switch {
		case i < len(was) && !holds(wants, was[i]):
			old = was[i]
		case before != nil:
			old = Null{}
		}
		if why, weaker := in.weakened(old, want); weaker {
			return why, true
		}
	}
	return "", false
}

// itemsOf returns the items of a list or set, and nothing for another value.
func itemsOf(v Value) []Value {
	switch v := v.(type) {
	case List:
		return v
	case Set:
		return v
	}
	return nil
}

func holds(items []Value, v Value) bool {
	return slices.ContainsFunc(items, func(item Value) bool { return Same(item, v) })
}
