package cloudbase

import (
	"context"
	"errors"

	"authsync/schema"
	"authsync/sync"
)

var provider = tcbKind{
	address: byName,
	read:    readProviders,
	actions: map[sync.Op]string{
		sync.OpCreate: "AddProvider",
		sync.OpUpdate: "ModifyProvider",
		sync.OpDelete: "DeleteProvider",
	},
}

// readProviders: GetProviders is complete, without pages (seed 002).
func readProviders(ctx context.Context, s *tcbService, q sync.Query) ([]sync.WireObject, error) {
	list, err := s.api.whole(ctx, &schema.Provider, q.Wants, "GetProviders", "Data")
	if err != nil {
		return nil, err
	}
	live := make([]sync.WireObject, len(list))
	for i, wire := range list {
		id := wire.Text("Id")
		if id == "" {
			return nil, errors.New("cloudbase: GetProviders: a provider of the answer has no Id")
		}
		live[i] = sync.WireObject{Name: id, Wire: wire, Presence: providerPresence(id, wire)}
	}
	return live, nil
}

// providerPresence: GetProviders may append a disabled `custom` and `email` that
// nobody created, and may have `wx_open` from the start. Nothing marks these, and it
// is not documented whether real ones can be deleted. So a provider that AddProvider
// cannot create is permanent, and one that is off and empty is a phantom.
func providerPresence(id string, wire schema.Object) sync.Presence {
	switch {
	case !schema.Provider.Permanent(id):
		return sync.Stands
	case wire.Text("On") != string(schema.True) && isBlank(wire["Config"]) && isBlank(wire["EmailConfig"]):
		return sync.Phantom
	default:
		return sync.Permanent
	}
}

// isBlank reports whether a value has only empty parts.
func isBlank(v schema.Value) bool {
	object, ok := v.(schema.Object)
	if !ok {
		return schema.IsUnset(v)
	}
	for _, inner := range object {
		if !isBlank(inner) {
			return false
		}
	}
	return true
}
