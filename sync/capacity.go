package sync

import (
	"fmt"

	"authsync/schema"
)

// room is the number of objects that an environment can still take, by kind and class.
// A kind without an entry has no limit.
type room map[schema.Key]int

// fit subtracts the live and the new objects of a kind from its limits, and refuses to
// create an object for which there is no room.
func (b *builder) fit(k *schema.Kind, live map[string]LiveObject, missing []*schema.Declared) {
	for _, o := range live {
		if o.Presence != Phantom {
			b.room.take(k, o.Fields)
		}
	}
	for _, d := range missing {
		if b.room.take(k, d.Fields) {
			continue
		}
		class, limit := k.Limit(d.Fields)
		if class == "" {
			class = k.Name
		}
		b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf(
			"there is no room for it: an environment has at most %d of %s; delete one first, such as one that git does not name, with --prune-unmanaged --target%s", limit, class, b.finishable(k))})
	}
}

// take uses room for one object, and reports whether there was any.
func (r room) take(k *schema.Kind, fields schema.Object) bool {
	class, limit := k.Limit(fields)
	if limit == 0 {
		return true
	}
	key := schema.Key{Kind: k.Name, Name: class}
	left, known := r[key]
	if !known {
		left = limit
	}
	r[key] = left - 1
	return left > 0
}
