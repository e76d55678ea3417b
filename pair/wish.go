package pair

import (
	"slices"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// covers reports whether something that was named is an object, all of its kind, or
// the group that it is in.
func covers(t sync.Asked, key schema.Key) bool {
	return t.Key == key || t.Key.Kind == key.Kind && (t.Key.Name == "" || strings.HasPrefix(key.Name, t.Key.Name+"/"))
}

// groupOf reports whether something that was named is a row of a group.
func groupOf(key schema.Key, t sync.Asked) bool {
	return isGroup(key) && t.Key.Kind == key.Kind && strings.HasPrefix(t.Key.Name, key.Name+"/")
}

// within reports whether a path leads to or through another.
func within(outer, at schema.Path) bool {
	return len(outer) <= len(at) && slices.Equal(outer, at[:len(outer)])
}

// concerns reports whether anything of an object is wanted. A row that is new wants
// the settings of its group.
func (w Wish) concerns(key schema.Key) bool {
	asked := func(t sync.Asked) bool { return covers(t, key) || groupOf(key, t) }
	return (len(w.Asked) == 0 || slices.ContainsFunc(w.Asked, asked)) && !w.excludes(key, nil)
}

// wants reports whether a field is wanted.
func (w Wish) wants(key schema.Key, at schema.Path) bool {
	asked := func(t sync.Asked) bool {
		return covers(t, key) && (within(t.Field, at) || within(at, t.Field))
	}
	return (len(w.Asked) == 0 || slices.ContainsFunc(w.Asked, asked)) && !w.excludes(key, at)
}

// wantsWhole reports whether all of an object is wanted.
func (w Wish) wantsWhole(key schema.Key) bool {
	whole := func(t sync.Asked) bool { return len(t.Field) == 0 && (covers(t, key) || groupOf(key, t)) }
	return len(w.Asked) == 0 || slices.ContainsFunc(w.Asked, whole)
}

func (w Wish) excludes(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(w.Excluded, func(t sync.Asked) bool { return covers(t, key) && within(t.Field, at) })
}

// names reports whether an object was asked for by its own name.
func (w Wish) names(key schema.Key) bool {
	return slices.ContainsFunc(w.Asked, func(t sync.Asked) bool { return t.Key == key && len(t.Field) == 0 })
}

// namesJust reports whether a field was asked for by its own name.
func (w Wish) namesJust(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(w.Asked, func(t sync.Asked) bool { return t.Key == key && slices.Equal(t.Field, at) })
}

// namesField reports whether a field was asked for by its own name, or something
// around it that is no whole object.
func (w Wish) namesField(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(w.Asked, func(t sync.Asked) bool {
		return t.Key == key && len(t.Field) > 0 && within(t.Field, at)
	})
}
