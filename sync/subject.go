package sync

import (
	"context"

	"authsync/schema"
)

type subjectKey struct{}

// withSubject records the object that calls made with the context concern.
func withSubject(ctx context.Context, key schema.Key) context.Context {
	return context.WithValue(ctx, subjectKey{}, key)
}

// Subject returns the object that a call made with ctx concerns, for logs and
// progress. A key without a name is all of a kind; the zero key is unknown.
func Subject(ctx context.Context) schema.Key {
	key, _ := ctx.Value(subjectKey{}).(schema.Key)
	return key
}

// asked returns the object of a query, or all of its kind.
func (q Query) asked(k *schema.Kind) schema.Key {
	key := schema.Key{Kind: k.Name}
	if len(q.Wants) == 1 && q.Others == OthersPassing {
		key.Name = q.Wants[0].Name
	}
	return key
}
