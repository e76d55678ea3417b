package pair

import (
	"slices"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// groupOf reports whether a named item is a row of the group.
func groupOf(key schema.Key, t sync.Asked) bool {
	return isGroup(key) && t.Key.Kind == key.Kind && strings.HasPrefix(t.Key.Name, key.Name+"/")
}

// concerns reports whether any part of an object is selected. A new row also selects
// the settings of its group.
func (w Wish) concerns(key schema.Key) bool {
	asked := func(t sync.Asked) bool { return sync.Covers(t.Key, key) || groupOf(key, t) }
	return (len(w.Asked) == 0 || slices.ContainsFunc(w.Asked, asked)) && !w.excludes(key, nil)
}

// wants reports whether a field is selected.
func (w Wish) wants(key schema.Key, at schema.Path) bool {
	asked := func(t sync.Asked) bool {
		return sync.Covers(t.Key, key) && at.Meets(t.Field)
	}
	return (len(w.Asked) == 0 || slices.ContainsFunc(w.Asked, asked)) && !w.excludes(key, at)
}

// wantsWhole reports whether a whole object is selected.
func (w Wish) wantsWhole(key schema.Key) bool {
	whole := func(t sync.Asked) bool { return len(t.Field) == 0 && (sync.Covers(t.Key, key) || groupOf(key, t)) }
	return len(w.Asked) == 0 || slices.ContainsFunc(w.Asked, whole)
}

func (w Wish) excludes(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(w.Excluded, func(t sync.Asked) bool { return sync.Covers(t.Key, key) && at.Within(t.Field) })
}

// names reports whether an object is named itself.
func (w Wish) names(key schema.Key) bool {
	return slices.ContainsFunc(w.Asked, func(t sync.Asked) bool { return t.Key == key && len(t.Field) == 0 })
}

// namesJust reports whether the field itself is named.
func (w Wish) namesJust(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(w.Asked, func(t sync.Asked) bool { return t.Key == key && slices.Equal(t.Field, at) })
}

// namesField reports whether the field itself is named, or a field that contains it.
func (w Wish) namesField(key schema.Key, at schema.Path) bool {
	return slices.ContainsFunc(w.Asked, func(t sync.Asked) bool {
		return t.Key == key && len(t.Field) > 0 && at.Within(t.Field)
	})
}
