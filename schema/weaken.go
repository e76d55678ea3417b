package schema

import "slices"

// Weakening is a change of a field that makes the environment less safe. The
// weakenings stand beside the fields as data; [Kind.Weakened] interprets them.
type Weakening struct {
	// By says whether a change is one.
	By Weakens
	// Why is what the change makes possible: a clause in lower case that
	// follows the name of the field in a message.
	Why string
}

// Weakens reports whether the change of a value at a path below the object
// makes the environment less safe. Before is what the service has: Null if it
// has nothing there, or hides it, and nil if there is no such object yet.
// After is what is wanted; Null clears it. Neither is a [Secret] or [Unmodelled].
type Weakens func(at Path, before, after Value) bool

// Weakened reports whether a change below an object of the kind makes the
// environment less safe, and why. Before and after are in the manifest's form,
// as package diff reports them: a single value, or an object or list with
// everything inside it.
//
//	before  nil   the object is new
//	        Null  the object has nothing there
//	after   nil   it goes, and what is gone weakens nothing
//	        Null  it is cleared
//
// An object's fields that after does not name are left alone, since the
// manifest is laid over what is live; in a list they are gone with the item
// that had them. What is equal is no change, and a secret never weakens:
// nothing about it is compared.
func (k *Kind) Weakened(at Path, before, after Value) (why string, weaker bool) {
	s := slot{typ: k.Type}
	for _, name := range at {
		s = s.inside(name)
	}
	return s.weakened(Unwrap(before), Unwrap(after))
}

// slot is where in an object a value stands.
type slot struct {
	at     Path
	typ    Type       // nil = the service's own, not known
	weaker *Weakening // the nearest on the way; nil = none
	// absent is what a name of an object comes to that after lacks: nil, it
	// stays, or Null, it is gone.
	absent Value
}

// inside is the place of a field of the value, or of an item of a list.
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

// weakField is the field of that name, be it one that is not modelled.
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

// fields looks at what an object has and at what it loses.
func (s slot) fields(before Value, after Object) (why string, weaker bool) {
	names := after.Names()
	if was, ok := before.(Object); ok {
		names = slices.Compact(slices.Sorted(slices.Values(append(names, was.Names()...))))
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

// valueIn is what an object had under a name, in the terms of [Weakens].
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

// items looks at the new items of a list. What stood at the place of one is
// what it was before, unless that has only moved.
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
