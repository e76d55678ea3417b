package diff

import "authsync/schema"

// Origin says whose doing a difference is: who moved since the last apply.
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

// Match says what is remembered of a value.
type Match int

const (
	// Forgotten values are not known to have been applied or not.
	Forgotten Match = iota
	SameAsApplied
	OtherThanApplied
	// NeedsKey values are remembered in a form that takes an identity.
	NeedsKey
	// NewlyNamed values have no place in what was applied to the object.
	NewlyNamed
)

// History is how much is remembered of an object.
type History int

const (
	// NoLock: nothing is remembered of the whole environment.
	NoLock History = iota
	// NeverApplied: the object was never applied from here.
	NeverApplied
	// WasApplied: it was.
	WasApplied
)

// Applied tells what was last applied to an object.
type Applied interface {
	// History says how much is remembered at all.
	History() History
	// Holds says whether v was last applied at a path.
	Holds(at schema.Path, v schema.Value) Match
	// Settles says whether the service is known to have made live of want, and
	// want is what was last applied.
	Settles(at schema.Path, want, live schema.Value) bool
	// ClearFields are what was last applied, without secrets, as far as that is remembered.
	ClearFields() schema.Object
}

// nothing is remembered.
type nothing struct{}

func (nothing) History() History                      { return NoLock }
func (nothing) Holds(schema.Path, schema.Value) Match { return Forgotten }
func (nothing) Settles(schema.Path, schema.Value, schema.Value) bool {
	return false
}
func (nothing) ClearFields() schema.Object { return nil }

// attribute sets the origins of differences, and what was applied where both
// sides moved.
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
	if desired == nil {
		desired = f.After // an object whose fields are new
	}
	match := applied.Holds(f.Path, desired)
	if match == SameAsApplied {
		return OriginLive
	}
	if holdsSecret(desired) || holdsSecret(f.Before) {
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
		return OriginGit // newly named, or as it was left
	}
	return OriginBoth
}

func holdsSecret(v schema.Value) bool {
	_, ok := v.(schema.Secret)
	return ok
}

// alike compares in the sense of [Compare]: absent, null, "" and an empty list are one.
func alike(a, b schema.Value) bool {
	x := schema.Canonical(schema.Object{"": a})
	y := schema.Canonical(schema.Object{"": schema.Unwrap(b)})
	return schema.Same(x[""], y[""])
}

// OriginOfMissing is the origin of a field of an object that live does not
// have: it vanished, or it is new in git.
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

// OriginOfUnnamed is the origin of an object that git does not name: it was
// taken out there, or somebody else made it.
func OriginOfUnnamed(applied Applied) Origin {
	switch applied.History() {
	case NoLock:
		return OriginUnknown
	case NeverApplied:
		return OriginLive
	}
	return OriginGit
}
