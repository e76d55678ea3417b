package remote

import (
	"context"
	"fmt"

	"authsync/schema"
	"authsync/sync"
)

// unconnected stands for a service that cannot be reached as its settings are:
// a variable is not set, or a secret cannot be opened. That is an error of its
// reads, so that the other systems of the environment go on, and no error at
// all where nothing of it is read.
type unconnected struct{ err error }

// orUnconnected is the service, unless there was an error in connecting it.
func orUnconnected(service sync.Service, system string, err error) sync.Service {
	if err == nil {
		return service
	}
	return &unconnected{fmt.Errorf("systems.%s: %w", system, err)}
}

func (u *unconnected) Read(context.Context, sync.Query) ([]sync.WireObject, error) { return nil, u.err }

// Describe is not called: nothing is planned for what cannot be read.
func (u *unconnected) Describe(sync.Op, sync.Target, schema.Object) []sync.Call { return nil }

func (u *unconnected) Make(context.Context, sync.Call, schema.Reveal) (sync.Made, error) {
	return sync.Made{}, u.err
}
