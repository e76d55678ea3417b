package devices

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"golang.org/x/sync/errgroup"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// settings are the fields that hold the settings of the modes.
var settings = []string{"page", "apiClient", "apiServer", "sso"}

// complete reads an application by its id if the list shows it without settings that
// it must have, or that the manifest or the last apply names. An update sends the settings
// whole, so what was not read would be lost.
func (s *applicationService) complete(ctx context.Context, live []sync.WireObject, q sync.Query) error {
	wants := service.ByName(q.Wants)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.api.Transport.Lanes())
	for i, l := range live {
		want, wanted := wants[l.Name]
		needs := lacksServer(l.Wire)
		if !wanted && q.Others != sync.OthersWhole || !needs && !lacksNamed(l.Wire, want.Fields) && !lacksNamed(l.Wire, want.Applied.ClearFields(&schema.Application)) {
			continue
		}
		group.Go(func() error {
			one, err := s.one(ctx, l.Wire.Text("id"))
			switch {
			case isNotOffered(err) && needs:
				return &sync.Unreadable{Why: fmt.Sprintf("live is listed without its settings, and cannot be read: %s", err), Lacks: lacking(err)}
			case isNotOffered(err) || transport.IsNotFound(err):
				return nil
			case err != nil:
				return err
			}
			whole := liveOf(l.Name, one)
			live[i].ID, live[i].Wire = whole.ID, whole.Wire
			return nil
		})
	}
	return group.Wait()
}

// lacksServer reports whether an API service is listed without its settings, which
// it always has.
func lacksServer(o schema.Object) bool {
	modes, _ := fieldsOf(o)["integrationModes"].(schema.Set)
	return slices.Contains(modes, schema.Value(schema.Text("apiServer"))) && schema.IsUnset(o["apiServer"])
}

// lacksNamed reports whether the list leaves out settings that are named.
func lacksNamed(o, named schema.Object) bool {
	return slices.ContainsFunc(settings, func(name string) bool {
		return !schema.IsUnset(named[name]) && schema.IsUnset(o[name])
	})
}

// one reads a single application.
func (s *applicationService) one(ctx context.Context, id string) (schema.Object, error) {
	at := service.Path(applicationsPath, id)
	answer, err := s.api.Ask(ctx, sync.Call{Method: http.MethodGet, Path: at}, nil)
	if err != nil {
		return nil, err
	}
	o, ok := answer.(schema.Object)
	if !ok || o.Text("id") != id {
		return nil, fmt.Errorf("%s: GET %s: the answer's result is not that application", s.api.System, at)
	}
	return o, nil
}
