package sync

import (
	"context"

	"authsync/schema"
)

type subjectKey struct{}

// about notes what the calls that are made with a context are about.
func withSubject(ctx context.Context, key schema.Key) context.Context {
	return context.WithValue(ctx, subjectKey{}, key)
}

// About returns the object that a call made with ctx is about, for who tells of
// calls. A key without a name is all of a kind; the zero key is nothing known.
func Subject(ctx context.Context) schema.Key {
	key, _ := ctx.Value(subjectKey{}).(schema.Key)
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
