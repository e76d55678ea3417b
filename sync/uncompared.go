package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
)

// Uncompared is a field of which it is not known whether it differs or has moved, and
// why.
type Uncompared struct {
	Key    schema.Key  `json:"object" doc:"The object, as KIND/NAME."`
	Path   schema.Path `json:"path" doc:"Where in the object."`
	Reason diff.Reason `json:"reason" doc:"Why it cannot be told."`
	Ack    string      `json:"ack,omitempty" doc:"Why that is as it should be, by the manifest's ack; missing where it says nothing."`
}

// place is its path in the manifest.
func (u Uncompared) place() schema.Path {
	return slices.Concat(schema.KindNamed(u.Key.Kind).Path(u.Key.Name), u.Path)
}

func (u Uncompared) note() Note {
	shared := fmt.Sprintf("not compared: %s", u.Reason)
	return Note{Key: u.Key, Code: NoteSecret, Fields: []schema.Path{u.Path}, Shared: shared, Text: fmt.Sprintf("%s was %s", u.Path, shared)}
}

// uncompared records a field that the plan leaves as it is, since it could not be
// compared.
func (b *builder) uncompared(u Uncompared) {
	u.Ack = b.site.Env.Acked(u.place())
	b.plan.Uncompared = append(b.plan.Uncompared, u)
	b.note(u.note())
}

// untold returns the fields that were not compared, by object.
func (p *EnvironmentPlan) untold() map[schema.Key][]schema.Path {
	paths := map[schema.Key][]schema.Path{}
	for _, u := range p.Uncompared {
		paths[u.Key] = append(paths[u.Key], u.Path)
	}
	return paths
}
