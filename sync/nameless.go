package sync

import (
	"slices"

	"authsync/schema"
)

// Nameless reports whether neither the kind nor the manifest says what a field
// is: a column that only live has may hold anything.
func (s *Site) Nameless(object schema.Key, at schema.Path) bool {
	k := schema.KindNamed(object.Kind)
	if k.Type.Others == nil || slices.ContainsFunc(k.Type.Fields, func(f schema.Field) bool { return f.Name == at[0] }) {
		return false
	}
	c := s.Env.Collections[k.Name]
	if c == nil {
		return true
	}
	d := c.Object(object.Name)
	return d == nil || d.Fields.At(at...) == nil
}

func (s *Site) namelessPaths(object schema.Key, fields schema.Object) []schema.Path {
	var paths []schema.Path
	schema.Walk(fields, func(at schema.Path, _ schema.Value) {
		if s.Nameless(object, at) {
			paths = append(paths, at)
		}
	})
	return paths
}
