package cloudbase

import (
	"context"
	"maps"

	"authsync/schema"
	"authsync/sync"
)

// tcbKind has the actions by which a kind of the CloudBase API is read and written.
// Kinds differ in nothing else.
type tcbKind struct {
	// address returns the parameters that identify an object; nil = none.
	address func(s *tcbService, op sync.Op, t sync.Target) schema.Object

	// defaults returns what a create sends if its body does not have it; nil =
	// nothing.
	defaults func(t sync.Target) schema.Object

	// read lists or asks; nil = no call shows the kind.
	read func(ctx context.Context, s *tcbService, q sync.Query) ([]sync.WireObject, error)

	// actions by operation; a missing operation does not exist.
	actions map[sync.Op]string

	// token is the field of an object's token; "" = none.
	token string

	// check says what live tells of a wanted object besides its fields; nil =
	// nothing.
	check func(w sync.Want, live schema.Object) []schema.Problem

	// made reads what a call tells of what it did; nil = nothing.
	made func(action string, answer schema.Object) (sync.Made, error)
}

// tcbKinds are the kinds of the CloudBase API.
var tcbKinds = map[string]tcbKind{
	schema.Login.Name:          login,
	schema.Client.Name:         client,
	schema.Provider.Name:       provider,
	schema.APIKey.Name:         apiKey,
	schema.AuthDomain.Name:     authDomain,
	schema.CustomLoginKey.Name: customLoginKey,
}

// tcbService is one kind in one environment. It implements sync.Service.
type tcbService struct {
	api  *api
	kind tcbKind
	// credentials of this run, by their paths.
	credentials map[string]string
}

func (s *tcbService) Read(ctx context.Context, q sync.Query) ([]sync.WireObject, error) {
	if s.kind.read == nil {
		return nil, &sync.Unreadable{Why: "no call shows it"}
	}
	return s.kind.read(ctx, s, q)
}

// Describe adds the environment and the object's id to a body.
func (s *tcbService) Describe(op sync.Op, t sync.Target, body schema.Object) []sync.Call {
	full := schema.Object{"EnvId": schema.Text(s.api.envID)}
	if s.kind.defaults != nil && op == sync.OpCreate {
		full = schema.Overlay(full, s.kind.defaults(t))
	}
	maps.Copy(full, body)
	if s.kind.address != nil {
		maps.Copy(full, s.kind.address(s, op, t))
	}
	return []sync.Call{{System: schema.CloudBase, Action: s.kind.actions[op], Body: full}}
}

func (s *tcbService) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) (sync.Made, error) {
	answer, at, err := s.api.Make(ctx, call, reveal)
	if err != nil || s.kind.made == nil {
		return sync.Made{At: at}, err
	}
	made, err := s.kind.made(call.Action, answer)
	made.At = at
	return made, err
}

// checkingService is one whose kind has a check. It implements sync.Checker.
type checkingService struct{ *tcbService }

func (s checkingService) Check(_ context.Context, w sync.Want, live schema.Object) ([]schema.Problem, error) {
	return s.kind.check(w, live), nil
}

// byName addresses an object by the name that the manifest has for it.
func byName(_ *tcbService, _ sync.Op, t sync.Target) schema.Object {
	return schema.Object{"Id": schema.Text(t.Name)}
}
