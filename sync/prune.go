package sync

import (
	"fmt"
	"strings"

	"authsync/diff"
	"authsync/schema"
)

// unmanaged lists or deletes a live object that the manifest does not name.
func (b *builder) unmanaged(k *schema.Kind, c *schema.Collection, key schema.Key, live Object, all map[string]Object) {
	// What a manifest cannot name was never left out of one on purpose.
	prunable := live.Presence == Stands && k.Update.Deletion == schema.DeletedByCall && k.Nameable(key.Name)
	if b.former(k, c, key, live, all) {
		return
	}
	successor := b.successor(k, c, live)
	switch {
	case successor != nil:
		b.agreed(k, c, key, live, fmt.Sprintf("%s took its place, and a run ended before it was deleted", successor.Key))
		return
	case !b.options.Selects(key):
		return
	case b.options.Prune != DeleteUnmanaged || !prunable:
		b.plan.Unmanaged = append(b.plan.Unmanaged, key)
		b.duplicate(k, c, key, live, all)
		return
	}
	b.remove(k, c, key, live)
}

// agreed deletes what was agreed to go when another took its place.
func (b *builder) agreed(k *schema.Kind, c *schema.Collection, key schema.Key, live Object, why string) {
	b.note(Note{Key: key, Code: NoteReplace, Text: why})
	b.leftover[key] = struct{}{}
	b.remove(k, c, key, live)
}

// remove plans to delete a live object that is not named.
func (b *builder) remove(k *schema.Kind, c *schema.Collection, key schema.Key, live Object) {
	if len(live.Bound) > 0 {
		b.refuse(Refusal{Key: key, Text: fmt.Sprintf("is not deleted: %s %s bound to it", strings.Join(live.Bound, ", "), plural(len(live.Bound), "is", "are"))})
		return
	}
	b.plan.live[key] = live
	change := diff.Change{Key: key, Action: diff.Delete}
	origin := diff.OriginOfUnnamed(b.site.Lock.LastApplied(key))
	schema.Walk(live.Fields, func(at schema.Path, v schema.Value) {
		change.Fields = append(change.Fields, diff.Field{Path: at, Before: v, Origin: origin})
	})
	b.plan.Changes = append(b.plan.Changes, change)
	b.steps(k, OpDelete, Take, nil, Target{Name: key.Name, ID: live.ID, Group: c.Group(key.Name)}, nil)
}
