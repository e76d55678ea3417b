package sync

import (
	"fmt"
	"strings"

	"authsync/diff"
	"authsync/schema"
)

// unnamed lists or deletes a live object that the manifest does not name.
func (b *builder) unnamed(k *schema.Kind, c *schema.Collection, key schema.Key, live LiveObject, all map[string]LiveObject) {
	prunable := prunable(k, key, live)
	if b.former(k, c, key, live, all) {
		return
	}
	removed := b.applied(c, &key, &live, all)
	if successor := b.successor(k, c, live); successor != nil {
		b.agreed(k, c, key, live, fmt.Sprintf("%s took its place, and a run ended before it was deleted", successor.Key))
		return
	}
	if !b.options.Selects(key) {
		return
	}
	asked := removed && b.options.deletesRemoved() || b.options.Unmanaged == DeleteUnmanaged && b.site.states(k)
	if asked && live.Presence == Permanent {
		b.note(Note{Key: key, Code: NotePrune, Text: "belongs to the service: no call could create it again, so it is never deleted"})
	}
	switch {
	case asked && prunable:
		b.remove(k, c, key, live)
	case removed && live.Presence != Builtin:
		b.plan.Removed = append(b.plan.Removed, b.site.removedObject(key, ""))
	case b.site.states(k):
		b.plan.Unmanaged = append(b.plan.Unmanaged, key)
		if prunable {
			b.spared++
		}
		b.duplicate(k, c, key, live, all)
	}
}

// applied reports whether an unnamed object was applied from here. If the lock has its id
// under another name that is free, it gets that name.
func (b *builder) applied(c *schema.Collection, key *schema.Key, live *LiveObject, all map[string]LiveObject) bool {
	was, removed := b.among.stray(key.Name, *live)
	if _, taken := all[was.Name]; removed && !taken {
		*key = was
		live.Fields = b.site.known(c.Kind, was.Name, live.ID, live.Fields)
	}
	return removed
}

// prunable reports whether a live object may be deleted for not being named. An object
// that a manifest cannot name was never left out of one on purpose.
func prunable(k *schema.Kind, key schema.Key, live LiveObject) bool {
	return live.Presence == Stands && k.Update.Deletion == schema.DeletedByCall && k.Nameable(key.Name)
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
	b.change(change)
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
