package sync

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
)

// The state of objects whose token is shown once, on creation:
//
//	in the vault          live            meaning
//	the token of X        X               all is well
//	the token of X        not X           X was deleted by hand: it is created again
//	nothing               X               nobody has its token: noted, and replaced on request
//	X, former W until T   X and W         W lives on until T; see overlap.go
//	X replaces W          X and W         a run ended before W was deleted: it is deleted now
//	a call was begun      X and another   a run ended before the other's token was stored: it is
//	                                      deleted together with X when that is replaced

// follow adds to a want what the vault records of its object. If the manifest pins an
// id that was replaced, the successor is meant.
func (s *Site) follow(kind string, w *Want) {
	key := schema.Key{Kind: kind, Name: w.Name}
	t, ok := s.Vault.Entry(key)
	w.ID, w.Pin = t.ID, followed(t, w.Pin)
	for _, f := range t.Former {
		w.Former = append(w.Former, f.ID)
	}
	before, begun := s.Vault.Making(key)
	switch {
	case !begun || ok && t.ID != "":
	case len(before) > 0:
		w.ID = before[0]
	default:
		w.Lost = true
	}
}

// keeps reports whether the vault holds the token of an object.
func (s *Site) keeps(key schema.Key, id string) bool {
	t, ok := s.Vault.Entry(key)
	return ok && t.ID == id
}

// orphans returns the ids of objects that were created by a call whose answer, and
// with it the token, was lost.
func (b *builder) orphans(k *schema.Kind, name string, all map[string]LiveObject) []string {
	if k.Update.Token != schema.TokenOnce {
		return nil
	}
	key := schema.Key{Kind: k.Name, Name: name}
	t, _ := b.site.Vault.Entry(key)
	before, begun := b.site.Vault.Making(key)
	known := slices.Concat(before, t.IDs())
	var ids []string
	for _, other := range sortedNames(all) {
		if o := all[other]; begun && o.DuplicateOf == name && !slices.Contains(known, o.ID) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// undeleted returns the ids of live objects that an object took the place of, and that
// the runs before did not come to delete. What takes its place now replaces them too.
func (b *builder) undeleted(key schema.Key, all map[string]LiveObject) []string {
	t, _ := b.site.Vault.Entry(key)
	return list.Only(t.Replaces, func(id string) bool {
		return slices.ContainsFunc(slices.Collect(maps.Values(all)), func(o LiveObject) bool { return o.ID == id })
	})
}

// successor returns the object that replaced a live one which an interrupted run did
// not delete, or nil.
func (b *builder) successor(k *schema.Kind, c *schema.Collection, live LiveObject) *schema.Declared {
	if k.Update.Token != schema.TokenOnce {
		return nil
	}
	for _, d := range c.Objects {
		t, _ := b.site.Vault.Entry(d.Key)
		if slices.Contains(t.Replaces, live.ID) && b.options.Selects(d.Key) {
			return d
		}
	}
	return nil
}

// tokenLost notes a live object whose token nobody has: the run ended before storing
// it, or somebody else created the object.
func (b *builder) tokenLost(k *schema.Kind, d *schema.Declared, was LiveObject, all map[string]LiveObject) {
	if k.Update.Token != schema.TokenOnce {
		return
	}
	b.noteBegun(k, d.Key)
	if orphans := b.orphans(k, d.Key.Name, all); len(orphans) > 0 {
		b.note(Note{Key: d.Key, Code: NoteToken, Text: fmt.Sprintf(
			"%s %s made by a run that ended before it stored the token, so the token is lost; replace what has this name with: authsync apply --rotate %s",
			strings.Join(orphans, ", "), plural(len(orphans), "was", "were"), spell.Word(d.Key.String()))})
		return
	}
	if _, shown := k.Shown(was.Fields); shown || b.site.keeps(d.Key, was.ID) {
		return
	}
	b.note(Note{Key: d.Key, Code: NoteToken, Text: fmt.Sprintf(
		"its token is not in the vault and will not be shown again; replace it with: authsync apply --rotate %s", spell.Word(d.Key.String()))})
}
