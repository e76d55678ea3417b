package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/quirk"
	"authsync/spell"
)

// rivalry is an object that a service deletes when another is made, if it keeps only
// one of the two. Whether it does is not known.
type rivalry struct {
	key  schema.Key // what may be deleted
	made schema.Key
	// field and value are what both have.
	field, value string
}

// rivals looks, before an object is created, for others of which its service may keep
// only one. Those that live has may be deleted by the creation, without a word: that is
// counted by the gate for deletions. Two that git names would delete each other in every
// run. So an object that was applied and is gone while a rival exists is not created
// again.
func (b *builder) rivals(k *schema.Kind, d *schema.Declared, live map[string]LiveObject) {
	value := k.Rivals.Rival(d.Fields)
	if value == "" {
		return
	}
	group := b.among.rivals(value)
	rivals, first := except(group.live, d.Key)
	if b.site.Known(k.System).Known(k.Rivals.Quirk, quirk.No) {
		if rivals > 0 { // the file may be wrong, so that a reviewer has to see what rests on it
			b.note(Note{Key: d.Key, Code: NoteRivals, Text: fmt.Sprintf(
				"%s is of the same %s, %s: no gate counts it, since quirks.yaml says that the service keeps all", joinKeyTexts(first, rivals), k.Rivals.Field, value)})
		}
		return
	}
	planned, next := except(group.planned, d.Key)
	_, stands := live[d.Key.Name]
	wasMade := !stands && b.site.Lock.LastApplied(d.Key).History() == diff.WasApplied
	switch {
	case rivals > 0 && wasMade && b.options.Gone != BelieveGone:
		b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf(
			"was created from here and is gone, and %s with the same %s, %s, exists: it seems that the service keeps only one, and creating this one again would delete that one. "+
				"Keep one of them in the manifest; if it was deleted by hand, create it again with --recreate", joinKeyTexts(first, rivals), k.Rivals.Field, value)})
		return
	case rivals+planned > 0:
		b.note(Note{Key: d.Key, Code: NoteRivals, Text: fmt.Sprintf(
			"%s is of the same %s, %s: a service that keeps only one of it deletes the other when this one is made", joinKeyTexts(slices.Concat(first, next), rivals+planned), k.Rivals.Field, value)})
	}
	for _, key := range group.kept {
		if key != d.Key {
			b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf("%s of the same %s, %s, has keep: true, and a service that keeps only one of it would delete that one", key.Spelled(), k.Rivals.Field, value)})
		}
	}
	for _, key := range group.untold(d.Key) {
		b.rivalries = append(b.rivalries, rivalry{key, d.Key, k.Rivals.Field, value})
	}
}

// mayGo are the objects that creations of the plan may delete, beside those that the
// plan deletes itself.
func (b *builder) mayGo() []rivalry {
	var all []rivalry
	for _, r := range b.rivalries {
		if c, changes := b.changeOf(r.key); !changes || c.Action != diff.Delete && c.Action != diff.Replace {
			all = append(all, r)
		}
	}
	return all
}

// why says that the object may be deleted.
func (r rivalry) why() lang.Message {
	return lang.Of("may be deleted: %s, when %s is made, by a service that keeps only one %s of %s %s",
		lang.Text(r.key.Spelled()), lang.Text(r.made.Spelled()), lang.Text(r.key.Kind), lang.Text(r.field), lang.Text(r.value))
}

// duplicate notes that another live object has the name of a wanted one: which one is
// meant, and how to delete the other.
func (b *builder) duplicate(k *schema.Kind, c *schema.Collection, key schema.Key, o LiveObject, all map[string]LiveObject) {
	meant, stands := all[o.DuplicateOf]
	if c.Object(o.DuplicateOf) == nil || !stands || slices.Contains(b.orphans(k, o.DuplicateOf, all), o.ID) {
		return
	}
	known := "is taken for it"
	if e, ok := b.site.Lock.Entry(schema.Key{Kind: k.Name, Name: o.DuplicateOf}); ok && e.ID == meant.ID {
		known = "is the one in the lock"
	}
	b.note(Note{Key: key, Code: NoteDuplicate, Text: fmt.Sprintf(
		"has the name of %s, of which %s %s; if nobody uses this one, delete it with: authsync apply --prune-unmanaged --target %s",
		schema.Key{Kind: k.Name, Name: o.DuplicateOf}, meant.ID, known, spell.Word(key.String()))})
}
