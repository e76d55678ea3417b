package sync

import (
	"context"

	"authsync/schema"
)

type aboutKey struct{}

// about notes what the calls that are made with a context are about.
func about(ctx context.Context, key schema.Key) context.Context {
	return context.WithValue(ctx, aboutKey{}, key)
}

// About returns the object that a call made with ctx is about, for who tells of
// calls. A key without a name is all of a kind; the zero key is nothing known.
func About(ctx context.Context) schema.Key {
	key, _ := ctx.Value(aboutKey{}).(schema.Key)
	return key
}

// asked is what a query is about: one object, or all of its kind.
func (q Query) asked(k *schema.Kind) schema.Key {
	key := schema.Key{Kind: k.Name}
	if len(q.Wants) == 1 && q.Others == OthersPassing {
		key.Name = q.Wants[0].Name
	}
	return key
}
