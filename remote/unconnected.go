package remote

import (
	"context"
	"fmt"

	"authsync/schema"
	"authsync/sync"
)

// unconnected replaces a service that cannot be reached with its settings: a variable
// is not set, or a secret cannot be opened. Reads then fail, so that the other systems
// of the environment go on; if nothing is read, there is no error.
type unconnected struct{ err error }

// orUnconnected returns the service, or a substitute if connecting it failed.
func orUnconnected(service sync.Service, system string, err error) sync.Service {
	if err == nil {
		return service
	}
	return &unconnected{fmt.Errorf("systems.%s: %w", system, err)}
}

func (u *unconnected) Read(context.Context, sync.Query) ([]sync.WireObject, error) { return nil, u.err }

// Describe is never called, since nothing is planned for what cannot be read.
func (u *unconnected) Describe(sync.Op, sync.Target, schema.Object) []sync.Call { return nil }

func (u *unconnected) Make(context.Context, sync.Call, schema.Reveal) (sync.Made, error) {
	return sync.Made{}, u.err
}
