package remote

import (
	"context"
	"fmt"

	"authsync/schema"
	"authsync/sync"
)

// tcbKind says by which actions a kind of the CloudBase API is read and
// written. Kinds differ in nothing else.
type tcbKind struct {
	// id is the parameter that names the object; empty for a kind with one.
	id string
	// idOf turns the manifest's name into the id; nil = they are the same.
	idOf func(api *CloudBase, name string) string

	read func(ctx context.Context, s *tcbService, names []string) ([]sync.Live, error)

	// actions by operation; an operation that is missing does not exist.
	actions map[sync.Op]string
}

// tcbKinds are the kinds of the CloudBase API.
var tcbKinds = map[string]tcbKind{
	schema.Login.Name:    login,
	schema.Client.Name:   client,
	schema.Provider.Name: provider,
}

// tcbService is one kind in one environment. It implements sync.Service.
type tcbService struct {
	api  *CloudBase
	kind tcbKind
}

func (s *tcbService) Read(ctx context.Context, names []string) ([]sync.Live, error) {
	return s.kind.read(ctx, s, names)
}

// Describe adds the environment and the object's id to a body.
func (s *tcbService) Describe(op sync.Op, name string, body schema.Object) sync.Call {
	full := schema.Object{"EnvId": schema.Text(s.api.EnvID())}
	for field, value := range body {
		full[field] = value
	}
	if s.kind.id != "" {
		full[s.kind.id] = schema.Text(s.id(name))
	}
	return sync.Call{System: schema.Login.System, Action: s.kind.actions[op], Body: full}
}

func (s *tcbService) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) error {
	_, err := s.api.Call(ctx, Write, call.Action, call.Body, reveal)
	return err
}

func (s *tcbService) id(name string) string {
	if s.kind.idOf == nil {
		return name
	}
	return s.kind.idOf(s.api, name)
}

// ask makes a read call.
func (s *tcbService) ask(ctx context.Context, action string, body schema.Object) (schema.Object, error) {
	return s.api.Call(ctx, Read, action, body, nil)
}

// objects returns the objects of a list in an answer. A list that is null or
// missing is empty: fields are annotated "may be null".
func objects(action string, answer schema.Object, name string) ([]schema.Object, error) {
	if schema.IsUnset(answer[name]) {
		return nil, nil
	}
	list, ok := answer[name].(schema.List)
	if !ok {
		return nil, fmt.Errorf("cloudbase: %s: the answer's %s is not a list", action, name)
	}
	out := make([]schema.Object, len(list))
	for i, item := range list {
		if out[i], ok = item.(schema.Object); !ok {
			return nil, fmt.Errorf("cloudbase: %s: %s[%d] of the answer is not an object", action, name, i)
		}
	}
	return out, nil
}
