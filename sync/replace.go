package sync

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
)

// replacing says why an object has to be replaced, or "" if it has not.
func (b *builder) replacing(k *schema.Kind, d *schema.Declared, live schema.Object, fields []diff.Field) string {
	for _, f := range fields {
		if slices.Contains(k.Update.Immutable, f.Path[0]) {
			return fmt.Sprintf("%s cannot be changed", f.Path[0])
		}
	}
	if slices.Contains(b.options.Rotate, d.Key) {
		return "it was asked for"
	}
	return b.ending(k, d, live)
}

// ending says that an object ends within the time that the manifest sets.
func (b *builder) ending(k *schema.Kind, d *schema.Declared, live schema.Object) string {
	before, ok := d.Meta[k.Update.Expiry.Before].(schema.Seconds)
	at := live.Text(k.Update.Expiry.At)
	if !ok || at == "" {
		return ""
	}
	ends, err := time.Parse(time.RFC3339, at)
	if err != nil || ends.Sub(b.options.Now) > time.Duration(before)*time.Second {
		return ""
	}
	return fmt.Sprintf("it ends at %s, which is less than %s from now", at, before)
}

// replace plans a new object for an old one of the same name.
func (b *builder) replace(k *schema.Kind, c *schema.Collection, d *schema.Declared, was Object, all map[string]Object, fields []diff.Field, why string) {
	b.plan.Changes = append(b.plan.Changes, diff.Change{Key: d.Key, Action: diff.Replace, Fields: fields})
	order := k.Update.Replace
	switch {
	case order == schema.NotReplaced:
		b.refuse(Refusal{Key: d.Key, Text: why + ", and there is no way to replace it"})
		return
	case d.Keep == schema.Kept:
		b.refuse(Refusal{Key: d.Key, Text: why + ", and keep: true forbids to replace it"})
	case len(was.Bound) > 0:
		b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf("%s, and it is not replaced while %s %s bound to it", why, strings.Join(was.Bound, ", "), plural(len(was.Bound), "is", "are"))})
	}
	if order == schema.CreateFirst && !b.room.take(k, d.Fields) {
		order = schema.DeleteFirst
		why += "; the environment has no room for one more, so the old one goes before the new one comes"
	}
	orphans := b.orphans(k, d.Key.Name, all)
	if len(orphans) > 0 {
		why += "; " + strings.Join(orphans, ", ") + ", whose token a run did not come to keep, goes as well"
	}
	b.note(Note{Key: d.Key, Code: NoteReplace, Text: "replaced, since " + why})
	gone := append([]string{was.ID}, orphans...)
	fresh := b.target(c, d, "")
	if order == schema.DeleteFirst {
		b.deleteAll(k, c, d, gone)
		b.createCall(k, d, fresh, Take)
	} else {
		b.createCall(k, d, fresh, Give)
	}
	made := &b.plan.Steps[len(b.plan.Steps)-1]
	made.Replaces, made.Besides = gone, besides(d.Key.Name, was, all)
	if order == schema.CreateFirst {
		b.deleteAll(k, c, d, gone)
	}
}

// deleteAll plans to delete all that an object takes the place of.
func (b *builder) deleteAll(k *schema.Kind, c *schema.Collection, d *schema.Declared, ids []string) {
	for _, id := range ids {
		b.gone[id] = id != ""
		b.steps(k, OpDelete, Take, nil, b.target(c, d, id), nil)
	}
}
