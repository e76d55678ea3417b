package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/spell"
)

// rivals looks, before an object is created, for others of which its service may keep
// only one. Two that git names would delete each other in every run. So an object that
// was applied and is gone while a rival exists is not created again.
func (b *builder) rivals(k *schema.Kind, c *schema.Collection, d *schema.Declared, live map[string]LiveObject) {
	value := k.Rivals.Rival(d.Fields)
	if value == "" {
		return
	}
	var rivals, planned []schema.Key
	for _, name := range sortedNames(live) {
		if o := live[name]; o.Presence != Phantom && k.Rivals.Rival(o.Fields) == value {
			rivals = append(rivals, schema.Key{Kind: k.Name, Name: name})
		}
	}
	for _, other := range c.Objects {
		if other != d && k.Rivals.Rival(other.Fields) == value && !slices.Contains(rivals, other.Key) {
			planned = append(planned, other.Key)
		}
	}
	wasMade := b.site.Lock.LastApplied(d.Key).History() == diff.WasApplied
	switch {
	case len(rivals) > 0 && wasMade && b.options.Gone != BelieveGone:
		b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf(
			"was made from here and is gone, and %s of the same %s, %s, stands: it seems that the service keeps only one, and making this one anew would drive out that one. "+
				"Keep one of them in the manifest; if it was deleted by hand, make it anew with --recreate", joinKeyTexts(rivals), k.Rivals.Field, value)})
	case len(rivals)+len(planned) > 0:
		b.note(Note{Key: d.Key, Code: NoteRivals, Text: fmt.Sprintf(
			"%s is of the same %s, %s: a service that keeps only one of it deletes the other when this one is made", joinKeyTexts(slices.Concat(rivals, planned)), k.Rivals.Field, value)})
	}
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
