package sync

import (
	"fmt"

	"authsync/diff"
	"authsync/schema"
)

// Uncompared is a field of which it is not known whether it differs or has moved, and
// why.
type Uncompared struct {
	Key    schema.Key
	Path   schema.Path
	Reason diff.Reason
}

// note returns it as a note for a reviewer.
func (u Uncompared) note() Note {
	return Note{Key: u.Key, Code: NoteSecret, Fields: []schema.Path{u.Path}, Text: fmt.Sprintf("%s was not compared: %s", u.Path, u.Reason)}
}

// uncompared records a field that the plan leaves as it is, since it could not be
// compared.
func (b *builder) uncompared(u Uncompared) {
	b.plan.Uncompared = append(b.plan.Uncompared, u)
	b.note(u.note())
}

// untold returns the fields of an object that were not compared.
func (p *EnvironmentPlan) untold(key schema.Key) []schema.Path {
	var paths []schema.Path
	for _, u := range p.Uncompared {
		if u.Key == key {
			paths = append(paths, u.Path)
		}
	}
	return paths
}
