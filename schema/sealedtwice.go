package schema

import (
	"fmt"
	"hash/maphash"

	"authsync/secrets"
)

// SealedTwice returns the places where an environment reads a sealed text a second time,
// through an alias or a merge. A seal is valid for one place.
func (e *Environment) SealedTwice() []*Fault {
	var faults Faults
	read := map[Position]Path{}
	for _, held := range e.Secrets {
		if held.Value.Form() != secrets.SealedForm {
			continue
		}
		if other, again := read[held.Pos]; again && other.String() != held.Path.String() {
			faults.add(held.Pos, held.Path, "is the same sealed text as %s, by an alias, and opens in one place only; give each its own with: authsync secrets set", other)
			continue
		}
		read[held.Pos] = held.Path
	}
	return faults.list
}

// Seals are the sealed texts that a run has read, with the place of each.
type Seals struct {
	seed  maphash.Seed
	first map[uint64]sealedAt
}

// sealedAt is where a sealed text stands, and for which place it would have to be sealed.
type sealedAt struct {
	pos   Position
	bound secrets.Binding
}

// NewSeals returns seals of nothing yet.
func NewSeals() *Seals { return &Seals{maphash.MakeSeed(), map[uint64]sealedAt{}} }

// Elsewhere returns where a sealed text was read before, if it cannot open at both
// places. Two Bases are one place: a text of a Base is bound to its path alone.
func (s *Seals) Elsewhere(v secrets.Value, pos Position) (other Position, copied bool) {
	text, at := maphash.String(s.seed, v.Armored()), sealedAt{pos, v.Binding()}
	first, again := s.first[text]
	if !again {
		s.first[text] = at
	}
	return first.pos, again && first.pos != at.pos && first.bound != at.bound
}

// Copies returns the places of an environment whose sealed text stands elsewhere too, in
// this environment or in one that was asked about before.
func (s *Seals) Copies(e *Environment) []*Fault {
	var faults Faults
	for _, held := range e.Secrets {
		if held.Value.Form() != secrets.SealedForm {
			continue
		}
		if other, copied := s.Elsewhere(held.Value, held.Pos); copied {
			faults.add(held.Pos, held.Path, "%s", Copied(other))
		}
	}
	return faults.list
}

// Copied says that a sealed text stands at another place too.
func Copied(other Position) string {
	return fmt.Sprintf("is a copy of the sealed text at %s, and opens in one place only; seal its value again with: authsync secrets seal", other)
}
