package sync

import (
	"fmt"

	"authsync/schema"
)

// room is how many more objects an environment takes, by kind and class. What
// is not in it takes any number.
type room map[schema.Key]int

// fit takes what is live, and what is to be made, from the limits of a kind,
// and refuses to make what has no room.
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

// take makes room for one object, and reports whether there was any.
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
