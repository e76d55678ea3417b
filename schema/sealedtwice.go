package schema

import (
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
	first map[uint64]Position
}

// NewSeals returns seals of nothing yet.
func NewSeals() *Seals { return &Seals{maphash.MakeSeed(), map[uint64]Position{}} }

// Copies returns the places of an environment whose sealed text stands elsewhere too, in
// this environment or in one that was asked about before. A text of a Base stands in one
// place, however many extend it.
func (s *Seals) Copies(e *Environment) []*Fault {
	var faults Faults
	for _, held := range e.Secrets {
		if held.Value.Form() != secrets.SealedForm {
			continue
		}
		text := maphash.String(s.seed, held.Value.Armored())
		if other, again := s.first[text]; again && other != held.Pos {
			faults.add(held.Pos, held.Path, "is a copy of the sealed text at %s, and opens in one place only; seal its value again with: authsync secrets seal", other)
			continue
		}
		s.first[text] = held.Pos
	}
	return faults.list
}
