package connectors

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

const connectorsPath = "/api/v1/connectors"

// connectorService implements sync.Service for connectors (seed 004).
type connectorService struct{ api *service.Client }

// connectorMatcher: an object is found by its connector_id, which several may share.
var connectorMatcher = service.Matcher{
	Kind:     &schema.Connector,
	ID:       "id",
	Made:     "created_at",
	Identity: func(o schema.Object) []string { return []string{o.Text("connector_id")} },
	Sought:   func(w sync.Want) string { return cmp.Or(w.Fields.Text("connectorId"), w.Name) },
	Name:     func(o schema.Object) string { return o.Text("connector_id") },
}

// Read reads the list, which masks even ids, and then each relevant object, since only
// that shows its config, unless all of it is known.
func (s *connectorService) Read(ctx context.Context, q sync.Query) ([]sync.WireObject, error) {
	all, err := s.list(ctx, q.Wants)
	if err != nil {
		return nil, err
	}
	live, err := connectorMatcher.Match(all, q.Wants)
	if err != nil {
		return nil, err
	}
	wanted := service.ByName(q.Wants)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(s.api.Transport.Lanes())
	for i := range live {
		w, ok := wanted[live[i].Name]
		if !ok && q.Others != sync.OthersWhole || ok && w.IsKnown(&live[i]) {
			continue
		}
		group.Go(func() error { return s.complete(ctx, &live[i]) })
	}
	return live, group.Wait()
}

// list reads all pages. The documented example has a total that is too large by one,
// so the total is not trusted.
func (s *connectorService) list(ctx context.Context, wants []sync.Want) ([]schema.Object, error) {
	p := &service.Paged{Name: "data", ID: "id", Size: 100, Complete: func(items []schema.Object) error {
		for _, item := range items {
			withDefaults(item)
		}
		return nil
	}}
	all, err := p.Read(func(page service.Page, take func(schema.Object) error) error {
		query := url.Values{"page": {strconv.Itoa(page.Number)}, "page_size": {strconv.Itoa(p.Size)}}
		return s.ask(ctx, service.Request{Call: sync.Call{Path: connectorsPath}, Query: query}, take)
	})
	if err == nil && len(all) == 0 {
		err = s.gone(ctx, wants)
	}
	return all, err
}

// gone checks after an empty list that none of the objects with a recorded id exists, by
// reading each.
func (s *connectorService) gone(ctx context.Context, wants []sync.Want) error {
	for _, w := range wants {
		if w.ID == "" {
			continue
		}
		_, err := s.detail(ctx, w.ID)
		if err == nil {
			return &transport.Error{System: schema.Connectors, Call: "GET " + connectorsPath, Effect: transport.Refused, Message: fmt.Sprintf(
				"it lists nothing, and %s is there all the same", service.Path(connectorsPath, w.ID))}
		}
		if !transport.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// complete reads an object of the list in detail.
func (s *connectorService) complete(ctx context.Context, l *sync.WireObject) error {
	one, err := s.detail(ctx, l.ID)
	l.Listed, l.Wire, l.Stamp = l.Wire, one.Wire, one.Stamp
	return err
}

func (s *connectorService) detail(ctx context.Context, id string) (sync.WireObject, error) {
	one := sync.WireObject{ID: id}
	var read time.Time
	err := s.ask(ctx, service.Request{Call: sync.Call{Path: service.Path(connectorsPath, id)}, Dated: func(at time.Time) { read = at }}, func(answer schema.Object) error {
		if answer.Text("id") != id {
			return errors.New("the answer is not about this connector")
		}
		one.Wire = withDefaults(answer)
		return nil
	})
	one.Stamp = service.StampOf(&schema.Connector, one.Wire)
	one.Stamp.Read = read
	return one, err
}

// withDefaults adds the value of enabled if an answer leaves it out (seed 004).
func withDefaults(answer schema.Object) schema.Object {
	if schema.IsUnset(answer["enabled"]) {
		answer["enabled"] = schema.Bool(false)
	}
	return answer
}

// ask makes a reading call that is answered with an object.
func (s *connectorService) ask(ctx context.Context, r service.Request, take func(schema.Object) error) error {
	r.Method, r.Class, r.Take = http.MethodGet, transport.Read, service.Object(take)
	return s.api.Do(ctx, r)
}

// Describe: a connector_id is the object's name unless the manifest states another.
func (s *connectorService) Describe(op sync.Op, t sync.Target, body schema.Object) []sync.Call {
	return s.api.Write(op, connectorsPath, service.Path(connectorsPath, t.ID), schema.Object{"connector_id": schema.Text(t.Name)}, body)
}

func (s *connectorService) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) (sync.Made, error) {
	object, at, err := s.api.Make(ctx, call, reveal)
	if err != nil {
		return sync.Made{}, err
	}
	made := sync.Made{At: at}
	if call.Method == http.MethodPost {
		made.ID = object.Text("id")
	}
	if id := object.Text("id"); id != "" && object["config"] != nil {
		made.Object = &sync.WireObject{ID: id, Wire: withDefaults(object), Stamp: service.StampOf(&schema.Connector, object)}
	}
	return made, nil
}

// Test has the service send a test message, or check the settings of a social
// login (seed 004).
func (s *connectorService) Test(ctx context.Context, id string) (said string, err error) {
	call := sync.Call{System: schema.Connectors, Method: http.MethodPost, Path: service.Path(connectorsPath, id) + "/test"}
	err = s.api.Do(ctx, service.Request{Call: call, Class: transport.Write, Take: func(inside schema.Value) error {
		answer, _ := inside.(schema.Object)
		said = transport.OneLine(answer.Text("message"), 300)
		if verdict := answer.Text("result"); verdict != "ok" {
			return errors.New(strings.TrimSuffix(fmt.Sprintf("the result is %q and not ok: %s", verdict, said), ": "))
		}
		return nil
	}})
	return said, err
}

// Reread implements [sync.Rereader].
func (s *connectorService) Reread(ctx context.Context, w sync.Want) ([]sync.WireObject, error) {
	one, err := s.detail(ctx, w.ID)
	switch {
	case transport.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	}
	one.Name = w.Name
	return []sync.WireObject{one}, nil
}
