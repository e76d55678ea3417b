package sync

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync/lock"
)

// Removed is an object or a field that git no longer names, though the lock records it
// as applied: it stays live until somebody deletes it.
type Removed struct {
	Key schema.Key
	// Path is the field; none = the whole object.
	Path schema.Path
	// Live is the live value of the field.
	Live schema.Value
	// Unread says why the live value is not known; "" = it is known.
	Unread string
	// Ack is the reason by which the manifest acknowledges it.
	Ack string
}

// removedFields returns the fields of an object that git no longer names and that are
// still live, as far as a read can tell.
func (s *Site) removedFields(k *schema.Kind, d *schema.Declared, live schema.Object) []Removed {
	var removed []Removed
	for _, f := range s.unstated(k, d, live) {
		one := Removed{Key: d.Key, Path: f.Path, Live: f.After, Ack: s.Env.Acked(append(k.Path(d.Key.Name), f.Path...))}
		switch {
		case !schema.IsUnset(f.After):
		case k.TypeIsWriteOnly(f.Path):
			one.Live, one.Unread = nil, string(diff.LiveWriteOnly)
		default:
			continue
		}
		removed = append(removed, one)
	}
	return removed
}

// vanishedFields returns the fields that neither git nor live has any more.
func (s *Site) vanishedFields(k *schema.Kind, d *schema.Declared, live schema.Object) []schema.Path {
	gone := list.Only(s.unstated(k, d, live), func(f diff.Field) bool { return schema.IsUnset(f.After) && !k.TypeIsWriteOnly(f.Path) })
	return list.Each(gone, func(f diff.Field) schema.Path { return f.Path })
}

// unstated returns the fields of an object that were applied, other than as unset, and
// that git no longer names, each with its live value.
func (s *Site) unstated(k *schema.Kind, d *schema.Declared, live schema.Object) []diff.Field {
	entry, _ := s.Lock.Entry(d.Key)
	var left []diff.Field
	for _, path := range slices.Sorted(maps.Keys(entry.Fields)) {
		at, err := schema.ParsePath(path)
		if err != nil || stated(d.Fields, at) || entry.InList(at) {
			continue
		}
		was, clear := entry.Value(k, at)
		now := schema.Unwrap(live.At(at...))
		if !clear {
			now = shownAt(live, at)
		}
		if !clear || !schema.IsUnset(was) {
			left = append(left, diff.Field{Path: at, After: now})
		}
	}
	return left
}

// stated reports whether fields state a path, or something that contains it.
func stated(fields schema.Object, at schema.Path) bool {
	var v schema.Value = fields
	for _, name := range at {
		object, ok := v.(schema.Object)
		if !ok {
			return true
		}
		if v = object[name]; v == nil {
			return false
		}
	}
	return true
}

// place is its path in the manifest.
func (r Removed) place() schema.Path {
	return slices.Concat(schema.KindNamed(r.Key.Kind).Path(r.Key.Name), r.Path)
}

func (s *Site) removedObject(key schema.Key, unread string) Removed {
	return Removed{Key: key, Unread: unread, Ack: s.Env.Acked(schema.KindNamed(key.Kind).Path(key.Name))}
}

// followIDs renames objects in the lock that git has renamed: the service has them
// under the same id.
func (s *Site) followIDs(c *schema.Collection, live map[string]LiveObject) {
	before := map[string]schema.Key{}
	for _, key := range s.Lock.Keys(c.Kind.Name) {
		if entry, _ := s.Lock.Entry(key); c.Object(key.Name) == nil {
			before[cmp.Or(entry.ID, key.Name)] = key
		}
	}
	for _, d := range c.Objects {
		if _, known := s.Lock.Entry(d.Key); known {
			continue
		}
		if was, moved := before[live[d.Key.Name].ID]; moved {
			s.Lock.Follow(was, d.Key)
		}
	}
}

// unseenRemovals reports the removed objects of a kind that was not read in full. Live
// nil = it was not read at all.
func (b *builder) unseenRemovals(k *schema.Kind, c *schema.Collection, live map[string]LiveObject, why string) {
	for _, key := range b.site.Lock.Keys(k.Name) {
		if c.Object(key.Name) != nil || !b.options.Selects(key) {
			continue
		}
		if live == nil || !b.site.placed(k, key) {
			b.plan.Removed = append(b.plan.Removed, b.site.removedObject(key, why))
		}
	}
}

// renames notes that a created object looks like one that git has removed, since a new
// object is not the renamed old one.
func (b *builder) renames(k *schema.Kind, made []*schema.Declared) {
	if len(made) == 0 {
		return
	}
	gone := b.goneWith(k)
	for _, d := range made {
		var like []schema.Key
		for _, key := range gone.candidates(k, d) {
			if entry, _ := b.site.Lock.Entry(key); sameButName(k, entry, d) {
				like = append(like, key)
			}
		}
		if len(like) == 1 {
			b.note(Note{Key: d.Key, Code: NoteRename, Text: fmt.Sprintf(
				"looks like %s, which git has removed, under another name: a new object is created, and %s", like[0], k.IfRecreated)})
		}
	}
}

// goneObjects are objects of a kind that git has removed, by each of their fields in
// clear with its value.
type goneObjects map[saying][]schema.Key

func (b *builder) goneWith(k *schema.Kind) goneObjects {
	gone := goneObjects{}
	for _, key := range b.removedOf(k) {
		entry, _ := b.site.Lock.Entry(key)
		schema.Walk(entry.ClearFields(k), func(at schema.Path, v schema.Value) { gone[fieldOf(at, v)] = append(gone[fieldOf(at, v)], key) })
	}
	return gone
}

func fieldOf(at schema.Path, v schema.Value) saying {
	return saying{schema.Key{Name: at.String()}, schema.Show(v)}
}

// candidates are the objects that share a field with a declared one: the field that the
// fewest have. If many have it, none is told from the others.
func (g goneObjects) candidates(k *schema.Kind, d *schema.Declared) []schema.Key {
	var fewest []schema.Key
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		if schema.HoldsSecret(v) || saysName(k, d, at, v) {
			return
		}
		if some := g[fieldOf(at, v)]; len(some) > 0 && (fewest == nil || len(some) < len(fewest)) {
			fewest = some
		}
	})
	if len(fewest) > mostNamed {
		return nil
	}
	return fewest
}

// removedOf returns the objects of a kind that git has removed, deleted or not.
func (b *builder) removedOf(k *schema.Kind) []schema.Key {
	var keys []schema.Key
	for _, r := range b.plan.Removed {
		if r.Key.Kind == k.Name && len(r.Path) == 0 {
			keys = append(keys, r.Key)
		}
	}
	for _, c := range b.plan.Changes {
		if _, known := b.site.Lock.Entry(c.Key); known && c.Key.Kind == k.Name && c.Action == diff.Delete {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// saysName reports whether a field of an object says its name.
func saysName(k *schema.Kind, d *schema.Declared, at schema.Path, v schema.Value) bool {
	return schema.Same(v, schema.Text(d.Key.Name)) || len(at) == 1 && at[0] == k.RowKey
}

// sameButName reports whether an object was applied with the fields that another one
// states, as far as both are in clear.
func sameButName(k *schema.Kind, was lock.Entry, d *schema.Declared) bool {
	before, same, some := was.ClearFields(k), true, false
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		if schema.HoldsSecret(v) || saysName(k, d, at, v) {
			return
		}
		some = true
		same = same && schema.Same(before.At(at...), v)
	})
	schema.Walk(before, func(at schema.Path, v schema.Value) {
		same = same && (schema.IsUnset(v) || d.Fields.At(at...) != nil || len(at) == 1 && at[0] == k.RowKey)
	})
	return same && some
}
