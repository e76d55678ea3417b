package sync

import (
	"slices"

	"authsync/schema"
)

// acknowledge removes the notes that the manifest acknowledges. It never removes a
// gate or a refusal.
func (b *builder) acknowledge() {
	b.plan.Notes = slices.DeleteFunc(b.plan.Notes, func(n Note) bool { return b.site.acked(n) })
}

// acked reports whether the manifest acknowledges every field of a note.
func (s *Site) acked(n Note) bool {
	if n.Key.Kind == "" {
		return false
	}
	place := schema.KindNamed(n.Key.Kind).Path(n.Key.Name)
	if len(n.Fields) == 0 {
		return s.Env.Acked(place) != ""
	}
	return !slices.ContainsFunc(n.Fields, func(at schema.Path) bool { return s.Env.Acked(slices.Concat(place, at)) == "" })
}
