package sync

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/spell"
)

// replacing returns why an object must be replaced, or "".
func (b *builder) replacing(k *schema.Kind, d *schema.Declared, was LiveObject, fields []diff.Field) string {
	for _, f := range fields {
		if slices.Contains(k.Update.Immutable, f.Path[0]) {
			return fmt.Sprintf("%s cannot be changed", f.Path[0])
		}
	}
	if slices.Contains(b.options.Rotate, d.Key) {
		return "it was asked for"
	}
	if slices.Contains(b.options.Finish, d.Key) {
		return "" // the user ends an overlap and does not ask for another object
	}
	if why := b.aged(k, d, was); why != "" {
		return why
	}
	return b.ending(k, d, was.Fields)
}

// aged reports that an object is older than the manifest lets one become.
func (b *builder) aged(k *schema.Kind, d *schema.Declared, was LiveObject) string {
	after, ok := d.Meta[k.Update.Expiry.After].(schema.Seconds)
	if !ok || was.Made.IsZero() || b.options.Now.Before(was.Made.Add(time.Duration(after)*time.Second)) {
		return ""
	}
	return fmt.Sprintf("it was made at %s, which is %s ago or more", instant(was.Made), after)
}

// ending reports that an object expires within the time that the manifest sets.
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
func (b *builder) replace(k *schema.Kind, c *schema.Collection, d *schema.Declared, was LiveObject, all map[string]LiveObject, fields []diff.Field, why string) {
	b.change(diff.Change{Key: d.Key, Action: diff.Replace, Fields: fields})
	order := k.Update.Replace
	b.refuseReplacing(d, order, was, why)
	if order == schema.NotReplaced {
		return
	}
	old := b.overlapping(k, d, was)
	switch {
	case order != schema.CreateFirst || b.room.take(k, d.Fields):
	case old.For > 0:
		b.refuseFull(k, d, why)
		return
	default:
		order = schema.DeleteFirst
		why += "; the environment has no room for one more, so the old one goes before the new one comes"
	}
	b.replaced[d.Key] = replacement{order, old.For}
	orphans := b.orphans(k, d.Key.Name, all)
	if len(orphans) > 0 {
		why += "; " + strings.Join(orphans, ", ") + ", whose token a run did not come to keep, goes as well"
	}
	gone := orphans
	if old.For > 0 {
		why += "; " + old.String()
	} else {
		gone = append([]string{was.ID}, orphans...)
	}
	b.note(Note{Key: d.Key, Code: NoteReplace, Text: "replaced, since " + why})
	b.rivals(k, d, all)
	fresh := b.target(c, d, "")
	if order == schema.DeleteFirst {
		b.deleteAll(k, c, d, gone)
		b.createCall(k, d, fresh, Take)
	} else {
		b.createCall(k, d, fresh, Give)
	}
	made := &b.plan.Steps[len(b.plan.Steps)-1]
	made.Replaces, made.Besides = slices.Concat([]string{was.ID}, orphans, b.undeleted(d.Key, all)), b.among.besides(d.Key.Name, was)
	if old.For > 0 {
		made.Overlaps = []Overlapping{old}
	}
	if order == schema.CreateFirst {
		b.deleteAll(k, c, d, gone)
	}
}

// refuseReplacing refuses to replace an object that cannot or must not be replaced.
func (b *builder) refuseReplacing(d *schema.Declared, order schema.Replacement, was LiveObject, why string) {
	switch {
	case order == schema.NotReplaced:
		b.refuse(Refusal{Key: d.Key, Text: why + ", and there is no way to replace it"})
	case d.Keep == schema.Kept:
		b.refuse(Refusal{Key: d.Key, Text: why + ", and keep: true forbids to replace it"})
	case len(was.Bound) > 0:
		b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf("%s, and it is not replaced while %s %s bound to it", why, strings.Join(was.Bound, ", "), plural(len(was.Bound), "is", "are"))})
	}
}

// replacement is how an object is replaced.
type replacement struct {
	order schema.Replacement
	keeps schema.Seconds // how long the old object lives on
}

// refuseFull refuses to replace an object if there is no room for two.
func (b *builder) refuseFull(k *schema.Kind, d *schema.Declared, why string) {
	class, limit := k.Limit(d.Fields)
	b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf(
		"%s, and there is no room for a new one beside the old: an environment has at most %d of %s; delete one first%s, or with --overlap 0 the old one goes before the new one comes (gate %s)",
		why, limit, cmp.Or(class, k.Name), b.finishable(k), GateReplace)})
}

// finishable says which overlap can be ended to make room.
func (b *builder) finishable(k *schema.Kind) string {
	for _, key := range b.site.Vault.Keys() {
		if t, _ := b.site.Vault.Entry(key); key.Kind == k.Name && len(t.Former) > 0 {
			return fmt.Sprintf(", such as the old %s with authsync secrets rotate %s --finish", key, spell.Word(key.String()))
		}
	}
	return ""
}

// deleteAll plans to delete all objects that a new one replaces.
func (b *builder) deleteAll(k *schema.Kind, c *schema.Collection, d *schema.Declared, ids []string) {
	for _, id := range ids {
		b.gone[id] = id != ""
		b.steps(k, OpDelete, Take, nil, b.target(c, d, id), nil)
	}
}
