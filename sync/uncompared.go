package sync

import (
	"fmt"

	"authsync/diff"
	"authsync/schema"
)

// Uncompared is a field of which it cannot be told whether it differs or has
// moved, and why.
type Uncompared struct {
	Key    schema.Key
	Path   schema.Path
	Reason diff.Reason
}

// note says it to a person.
func (u Uncompared) note() Note {
	return Note{Key: u.Key, Code: NoteSecret, Fields: []schema.Path{u.Path}, Text: fmt.Sprintf("%s was not compared: %s", u.Path, u.Reason)}
}

// uncompared keeps a field that a plan leaves as it is, since it could not be
// compared.
func (b *builder) uncompared(u Uncompared) {
	b.plan.Uncompared = append(b.plan.Uncompared, u)
	b.note(u.note())
}

// field is a top-level field of an object.
type field struct {
	key  schema.Key
	name string
}

// unseen are the top-level fields that hold something that was not compared.
func (p *EnvironmentPlan) unseen() map[field]struct{} {
	unseen := map[field]struct{}{}
	for _, u := range p.Uncompared {
		unseen[field{u.Key, u.Path[0]}] = struct{}{}
	}
	return unseen
}
