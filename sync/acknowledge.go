package sync

import (
	"fmt"
	"slices"

	"authsync/schema"
	"authsync/schema/list"
)

// acknowledge removes the notes that the manifest acknowledges, and tells of
// acknowledgements that are about nothing any more. It never removes a gate or a
// refusal.
func (b *builder) acknowledge() {
	var silenced []schema.Path
	b.plan.Notes = slices.DeleteFunc(b.plan.Notes, func(n Note) bool {
		acked := b.site.acked(n)
		if acked {
			silenced = append(silenced, n.places()...)
		}
		return acked
	})
	for _, r := range b.plan.Removed {
		silenced = append(silenced, r.place())
	}
	for _, ack := range b.site.Env.Acks {
		if b.idle(ack, silenced) {
			b.note(Note{Code: NoteIdleAck, Text: fmt.Sprintf("ack of %s silences nothing any more: take it out (%s)", ack.Path.Spelled(), ack.Pos)})
		}
	}
}

// acked reports whether the manifest acknowledges every place of a note.
func (s *Site) acked(n Note) bool {
	places := n.places()
	return len(places) > 0 && !slices.ContainsFunc(places, func(at schema.Path) bool { return s.Env.Acked(at) == "" })
}

// places are what a note is about, by their paths in the manifest.
func (n Note) places() []schema.Path {
	if n.Key.Kind == "" {
		return nil
	}
	object := schema.KindNamed(n.Key.Kind).Path(n.Key.Name)
	if len(n.Fields) == 0 {
		return []schema.Path{object}
	}
	return list.Each(n.Fields, func(at schema.Path) schema.Path { return slices.Concat(object, at) })
}

// idle reports whether an acknowledgement silences nothing. One in a Base may be for
// another environment, and one about what this plan did not look at is not judged.
func (b *builder) idle(ack schema.Ack, silenced []schema.Path) bool {
	k := schema.KindOf(ack.Path)
	if k == nil || ack.Pos.File != b.site.Env.File || slices.ContainsFunc(silenced, ack.Covers) {
		return false
	}
	if len(b.plan.Errors) > 0 || b.plan.Unreadable[k.Name] != nil || !b.options.selectsAll(k.Name) {
		return false
	}
	return !b.mayNeed(k, ack)
}

// mayNeed reports whether an acknowledgement may silence what others than the plan
// tell: a risk, what an identity is missing for, or what is found online of an object.
func (b *builder) mayNeed(k *schema.Kind, ack schema.Ack) bool {
	var objects []schema.Object
	var names []string
	for _, d := range b.site.Env.Objects(k) {
		names, objects = append(names, d.Key.Name), append(objects, d.Fields)
	}
	for _, name := range sortedNames(b.read.Live[k.Name]) {
		names, objects = append(names, name), append(objects, b.read.Live[k.Name][name].Fields)
	}
	may := false
	for i, o := range objects {
		object := k.Path(names[i])
		may = may || k.Arity != schema.One && ack.Covers(object)
		schema.Walk(o, func(at schema.Path, v schema.Value) {
			_, risky := k.Risky(at, v)
			looked := k.Arity != schema.One || risky || schema.HoldsSecret(v)
			may = may || looked && ack.Covers(slices.Concat(object, at))
		})
	}
	return may
}
