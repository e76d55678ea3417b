package diff

import "authsync/schema"

// Origin says which side has moved since the last apply.
//
//	applied = live    wanted moved           git
//	applied = wanted  live moved             live
//	neither           both moved             both
//	not known                                unknown
type Origin string

const (
	OriginGit     Origin = "git"
	OriginLive    Origin = "live"
	OriginBoth    Origin = "both"
	OriginUnknown Origin = "unknown"
)

// Match is the result of comparing a value with what was last applied.
type Match int

const (
	// Forgotten values: it is not known whether they were applied.
	Forgotten Match = iota
	SameAsApplied
	OtherThanApplied
	// NeedsKey values need an identity to be compared.
	NeedsKey
	// NewlyNamed values were not stated when the object was last applied.
	NewlyNamed
)

// History is how much is known of what was applied to an object.
type History int

const (
	// NoLock: nothing is known of the whole environment.
	NoLock History = iota
	// NeverApplied: the object was never applied from here.
	NeverApplied
	// WasApplied: the object was applied.
	WasApplied
)

// Applied is what was last applied to an object.
type Applied interface {
	History() History
	// Holds compares v with the value last applied at a path.
	Holds(at schema.Path, v schema.Value) Match
	// Settles reports whether the service is known to have made live of want, and want
	// was last applied.
	Settles(at schema.Path, want, live schema.Value) bool
	// Attests reports whether an opened secret is known to hold what live shows, so that
	// it need not be opened again.
	Attests(Opened) bool
	// ClearFields are the last applied values, without secrets, as far as they are
	// known.
	ClearFields() schema.Object
}

// Nothing is the Applied of an object without a lock.
type Nothing struct{}

func (Nothing) History() History                      { return NoLock }
func (Nothing) Holds(schema.Path, schema.Value) Match { return Forgotten }
func (Nothing) Settles(schema.Path, schema.Value, schema.Value) bool {
	return false
}
func (Nothing) Attests(Opened) bool        { return false }
func (Nothing) ClearFields() schema.Object { return nil }

// attribute sets the origins of differences, and the applied value if both sides have
// moved.
func attribute(k *schema.Kind, fields []Field, desired, live schema.Object, applied Applied) {
	if len(fields) == 0 || applied.History() != WasApplied {
		return
	}
	was := applied.ClearFields()
	made := settle(k, was, live) // what the service made of it
	for i := range fields {
		f := &fields[i]
		if applied.Settles(f.Path, was.At(f.Path...), f.Before) {
			f.Origin = OriginGit // live is as the service left it
			continue
		}
		f.Origin = origin(f, desired.At(f.Path...), made, live, applied)
		if f.Origin == OriginBoth {
			f.Applied = was.At(f.Path...)
		}
	}
}

func origin(f *Field, desired schema.Value, made, live schema.Object, applied Applied) Origin {
	match := applied.Holds(f.Path, desired)
	if match == SameAsApplied {
		return OriginLive
	}
	if schema.HoldsSecret(desired) || schema.HoldsSecret(f.Before) {
		switch match {
		case NewlyNamed:
			return OriginGit
		case OtherThanApplied:
		default:
			return OriginUnknown
		}
		if applied.Holds(f.Path, live.At(f.Path...)) == OtherThanApplied {
			return OriginBoth
		}
		return OriginGit
	}
	then, now := made.At(f.Path...), live.At(f.Path...)
	switch {
	case match == NewlyNamed, match == Forgotten, alike(then, now):
		return OriginGit // newly named, or unchanged in live
	}
	return OriginBoth
}

// alike compares as [Compare] does: absent, null, "" and an empty list are equal.
func alike(a, b schema.Value) bool {
	x := schema.Canonical(schema.Object{"": a})
	y := schema.Canonical(schema.Object{"": schema.Unwrap(b)})
	return schema.Same(x[""], y[""])
}

// OriginOfMissing returns the origin of a field of an object that is not live: it
// vanished, or it is new in git.
func OriginOfMissing(applied Applied, at schema.Path, want schema.Value) Origin {
	switch applied.History() {
	case NoLock:
		return OriginUnknown
	case NeverApplied:
		return OriginGit
	}
	if match := applied.Holds(at, want); match == OtherThanApplied {
		return OriginBoth
	}
	return OriginLive
}

// OriginOfUnnamed returns the origin of an object that git does not name: git removed
// it, or somebody else created it.
func OriginOfUnnamed(applied Applied) Origin {
	switch applied.History() {
	case NoLock:
		return OriginUnknown
	case NeverApplied:
		return OriginLive
	}
	return OriginGit
}
