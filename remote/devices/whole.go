package devices

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// parts are the fields that hold the settings of the modes.
var parts = map[schema.Text]string{"page": "page", "apiClient": "apiClient", "apiServer": "apiServer", "ssoClient": "sso"}

// completed asks for each application that matters by itself where the list shows
// it without settings that it must have, or that the manifest names: what is not
// seen would be lost in the next update, which sends them whole.
func (s *applicationService) completed(ctx context.Context, all []schema.Object, q sync.Query) error {
	wants := map[string]sync.Want{}
	for _, w := range q.Wants {
		wants[w.Name] = w
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.api.Transport.Lanes())
	for i, o := range all {
		want, wanted := wants[o.Text("id")]
		needs := lacksMode(o)
		if !wanted && q.Others != sync.OthersWhole || !needs && !lacksNamed(o, want.Fields) {
			continue
		}
		group.Go(func() error {
			one, err := s.one(ctx, o.Text("id"))
			switch {
			case isNotOffered(err) && needs:
				return &sync.Unreadable{Why: fmt.Sprintf("live is listed without its settings, and cannot be read: %s", err), Lacks: lacking(err)}
			case isNotOffered(err) || transport.IsNotFound(err):
				return nil
			case err == nil:
				all[i] = one
			}
			return err
		})
	}
	return group.Wait()
}

// lacksMode reports whether a mode's settings are not shown.
func lacksMode(o schema.Object) bool {
	fields, err := schema.Application.FromWire(schema.Object{"integrationModes": o["integrationModes"]})
	modes, _ := fields["integrationModes"].(schema.Set)
	for _, mode := range modes {
		text, _ := mode.(schema.Text)
		if part, known := parts[text]; err == nil && known && schema.IsUnset(o[part]) {
			return true
		}
	}
	return false
}

// lacksNamed reports whether settings are not shown that the manifest names.
func lacksNamed(o, named schema.Object) bool {
	for _, part := range parts {
		if named[part] != nil && schema.IsUnset(o[part]) {
			return true
		}
	}
	return false
}

// one asks for an application by itself.
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
