package diff

import (
	"sort"

	"github.com/google/go-cmp/cmp"

	"authsync/schema"
	"authsync/secrets"
)

// Moves says what of an object is not what it was, all fields of it: Before is
// what it was, After what it is. Absent, null, "" and an empty list are one.
// What one of the two readings hides cannot be told from what the other shows,
// and is no move.
func Moves(was, is schema.Object) []Field {
	r := new(reporter)
	cmp.Equal(whole(was, is), whole(is, was), cmp.Reporter(r))
	sort.SliceStable(r.fields, func(i, j int) bool { return r.fields[i].Path.String() < r.fields[j].Path.String() })
	return r.fields
}

// whole is an object with everything that is nothing left out, and with what
// either reading hides as the hidden one.
func whole(o, other schema.Object) schema.Object {
	out := schema.Object{}
	for name, v := range schema.Canonical(o) {
		switch v := v.(type) {
		case schema.Null:
			continue
		case schema.Object:
			under, _ := other[name].(schema.Object)
			if hidden(other[name]) {
				out[name] = unseen
			} else if inner := whole(v, under); len(inner) > 0 {
				out[name] = inner
			}
		default:
			if hidden(v) && other[name] != nil || hidden(other[name]) {
				out[name] = unseen
				continue
			}
			out[name] = v
		}
	}
	return out
}

var unseen = schema.Secret{Value: secrets.Hidden("")}

func hidden(v schema.Value) bool {
	secret, ok := v.(schema.Secret)
	return ok && secret.Form() == secrets.HiddenForm && secret.Visible() == ""
}
