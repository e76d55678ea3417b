package sync

import "authsync/schema"

// stating is the manifest of an environment, for the places of what is told of it.
type stating struct{ env *schema.Environment }

// Position returns where the manifest states a field of an object, or what would
// contain it; for an object that it does not state, the beginning of the manifest.
func (s stating) Position(key schema.Key, at schema.Path) schema.Position {
	if s.env == nil {
		return schema.Position{}
	}
	if c := s.env.Collections[key.Kind]; c != nil {
		if d := c.Object(key.Name); d != nil {
			return d.Position(at)
		}
	}
	return schema.Position{File: s.env.File, Line: 1, Column: 1}
}
