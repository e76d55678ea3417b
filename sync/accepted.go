package sync

import (
	"authsync/diff"
	"authsync/schema"
)

// Accepted is drift that git takes over: an object, or fields of it, that git states as
// live has them, though something else was last applied. Nothing is written for it, so
// only this tells a reviewer.
type Accepted struct {
	Key schema.Key
	// Fields have the applied value before and git's after. None = the object appeared
	// in live after the last apply.
	Fields []diff.Field
}

// accepts records what git takes over of an object.
func (b *builder) accepts(k *schema.Kind, d *schema.Declared, live schema.Object) {
	was := b.site.Lock.LastApplied(d.Key)
	switch was.History() {
	case diff.NeverApplied:
		// One whose token was lost with the answer may be our own.
		if k.Update.Token != schema.TokenOnce && b.site.Lock.Listed(k.Name) && !b.site.Lock.Unmanaged(d.Key) {
			b.plan.Accepted = append(b.plan.Accepted, Accepted{Key: d.Key})
		}
	case diff.WasApplied:
		var fields []diff.Field
		schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
			if was.Holds(at, v) != diff.OtherThanApplied || !schema.Same(schema.Unwrap(live.At(at...)), v) {
				return
			}
			if before, known := was.Entry.Value(k, at); known {
				fields = append(fields, diff.Field{Path: at, Before: before, After: v, Origin: diff.OriginLive})
			}
		})
		if len(fields) > 0 {
			b.plan.Accepted = append(b.plan.Accepted, Accepted{d.Key, fields})
		}
	}
}
