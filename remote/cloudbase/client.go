package cloudbase

import (
	"context"
	"slices"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

var client = tcbKind{
	address: func(s *tcbService, _ sync.Op, t sync.Target) schema.Object {
		return schema.Object{"Id": schema.Text(clientID(s.api, t.Name))}
	},
	read:    readClients,
	actions: map[sync.Op]string{sync.OpUpdate: "ModifyClient"},
}

// clientID: the default client's id is the environment's (seed 002).
func clientID(api *api, name string) string {
	if name == schema.Client.Key.Aliases[0] {
		return api.envID
	}
	return name
}

// readClients reads each client by itself, since there is no list.
func readClients(ctx context.Context, s *tcbService, q sync.Query) ([]sync.WireObject, error) {
	found, err := service.Each(ctx, slices.Concat(q.Wants, q.Strays), func(ctx context.Context, want sync.Want) ([]sync.WireObject, error) {
		answer, err := s.api.answer(ctx, "DescribeClient", schema.Object{"Id": schema.Text(clientID(s.api, want.Name))})
		if transport.IsNotFound(err) {
			return nil, nil
		}
		return []sync.WireObject{{Name: want.Name, Wire: answer}}, err
	})
	return slices.Concat(found...), err
}
