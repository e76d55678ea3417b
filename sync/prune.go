package sync

import (
	"fmt"
	"strings"

	"authsync/diff"
	"authsync/schema"
)

// unnamed lists or deletes a live object that the manifest does not name.
func (b *builder) unnamed(k *schema.Kind, c *schema.Collection, key schema.Key, live LiveObject, all map[string]LiveObject) {
	// An object that a manifest cannot name was never left out of one on purpose.
	prunable := live.Presence == Stands && k.Update.Deletion == schema.DeletedByCall && k.Nameable(key.Name)
	if b.former(k, c, key, live, all) {
		return
	}
	was, removed := b.site.strayOf(c, key.Name, live)
	if _, taken := all[was.Name]; removed && !taken {
		key = was // found by its id: the lock has it under another name
		live.Fields = b.site.known(k, key.Name, live.ID, live.Fields)
	}
	successor := b.successor(k, c, live)
	switch {
	case successor != nil:
		b.agreed(k, c, key, live, fmt.Sprintf("%s took its place, and a run ended before it was deleted", successor.Key))
		return
	case !b.options.Selects(key):
		return
	}
	b.permanent(k, key, live, removed)
	switch {
	case removed && b.options.deletesRemoved() && prunable:
	case removed && live.Presence != Builtin:
		b.plan.Removed = append(b.plan.Removed, b.site.removedObject(key, ""))
		return
	case !b.site.states(k):
		return
	case b.options.Unmanaged != DeleteUnmanaged || !prunable:
		b.plan.Unmanaged = append(b.plan.Unmanaged, key)
		if prunable {
			b.spared++
		}
		b.duplicate(k, c, key, live, all)
		return
	}
	b.remove(k, c, key, live)
}

// permanent tells those who ask for deletions which objects stay all the same.
func (b *builder) permanent(k *schema.Kind, key schema.Key, live LiveObject, removed bool) {
	asked := removed && b.options.deletesRemoved() || b.options.Unmanaged == DeleteUnmanaged && b.site.states(k)
	if asked && live.Presence == Permanent {
		b.note(Note{Key: key, Code: NotePrune, Text: "is the service's own: no call could make it anew, so it is never deleted"})
	}
}

// agreed deletes an object whose deletion was agreed to when its successor was
// created.
func (b *builder) agreed(k *schema.Kind, c *schema.Collection, key schema.Key, live LiveObject, why string) {
	b.note(Note{Key: key, Code: NoteReplace, Text: why})
	b.leftover[key] = struct{}{}
	b.remove(k, c, key, live)
}

// remove plans to delete a live object that the manifest does not name.
func (b *builder) remove(k *schema.Kind, c *schema.Collection, key schema.Key, live LiveObject) {
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

// spares notes which never named objects --prune leaves alone, and how to delete them:
// older versions of --prune deleted them too.
func (b *builder) spares() {
	if b.options.Prune != DeleteRemoved || b.options.Unmanaged == DeleteUnmanaged {
		return
	}
	text := ""
	if !b.site.Lock.Present() {
		text = "there is no lock, so it is not known what git has removed, and --prune deletes nothing"
	}
	if b.spared > 0 {
		if text != "" {
			text += "; "
		}
		text += fmt.Sprintf("%d live %s that git has never named %s left alone: --prune-unmanaged deletes %s too", b.spared,
			plural(b.spared, "object", "objects"), plural(b.spared, "is", "are"), plural(b.spared, "it", "them"))
	} else if text != "" {
		text += "; --prune-unmanaged deletes what live has and the manifest does not name"
	}
	if text != "" {
		b.note(Note{Code: NotePrune, Text: text})
	}
}
