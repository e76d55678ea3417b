package schema

import "authsync/secrets"

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
			faults.add(held.Pos, held.Path, "is the same sealed text as %s, by an alias, and opens in one place only; seal it for each", other)
			continue
		}
		read[held.Pos] = held.Path
	}
	return faults.list
}
