package schema

import "authsync/secrets"

// Doubled are the places at which an environment reads a sealed text that it reads
// at another place too, by an alias or a merge. A seal is for one place.
func (e *Environment) Doubled() []*Fault {
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
