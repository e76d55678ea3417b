package diff

import (
	"authsync/schema"
	"authsync/secrets"
)

// Moves returns in what all fields of an object have changed: Before is the old value,
// After the new one. Absent, null, "" and an empty list are equal. A value that one of
// the two readings hides counts as equal.
func Moves(was, is schema.Object) []Field {
	return differing(whole(was, is), whole(is, was))
}

// whole returns an object without its empty values, and with every value that either
// reading hides as hidden.
func whole(o, other schema.Object) schema.Object {
	out := schema.Object{}
	for name, v := range schema.Canonical(o) {
		switch v := v.(type) {
		case schema.Null:
			continue
		case schema.Object:
			under, _ := other[name].(schema.Object)
			if schema.WhollyHidden(other[name]) {
				out[name] = unseen
			} else if inner := whole(v, under); len(inner) > 0 {
				out[name] = inner
			}
		default:
			if schema.WhollyHidden(other[name]) {
				out[name] = unseen
				continue
			}
			out[name] = v
		}
	}
	return out
}

var unseen = schema.Secret{Value: secrets.Hidden("")}
