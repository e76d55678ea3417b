package sync

import (
	"slices"

	"authsync/schema"
)

// acknowledge takes out the notes that the manifest acknowledges. No gate and no
// refusal is silenced so.
func (b *builder) acknowledge() {
	b.plan.Notes = slices.DeleteFunc(b.plan.Notes, func(n Note) bool { return b.site.acked(n) })
}

// acked reports whether everything that a note is about is acknowledged.
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
