package cloudbase

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	stdsync "sync"

	"golang.org/x/sync/errgroup"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// business selects the Integration Center's keys. Without it the service lists those
// of the authorization centre (cloud docs 139853).
var business = schema.Object{"Business": schema.Text("integration")}

// integration is called like the other kinds of the CloudBase API, except for its ext;
// see [integrationService]. A delete sends only the id.
var integration = tcbKind{
	defaults: func(t sync.Target) schema.Object { return schema.Object{"Name": schema.Text(t.Name)} },
	address: func(_ *tcbService, op sync.Op, t sync.Target) schema.Object {
		switch op {
		case sync.OpCreate: // what is asked for is the first half of the id
			return schema.Overlay(business, schema.Object{"KeyID": schema.Text(t.Name)})
		case sync.OpUpdate:
			return schema.Overlay(business, schema.Object{"KeyID": schema.Text(t.ID)})
		}
		return schema.Object{"KeyID": schema.Text(t.ID)}
	},
	actions: map[sync.Op]string{
		sync.OpCreate: "CreateUserKey",
		sync.OpUpdate: "UpdateUserKey",
		sync.OpDelete: "DeleteUserKey",
	},
}

// integrationService implements sync.Service for the Integration Center (seed 000).
// The password fields of an ext are sealed with a key from the operator; the template
// of the integration's type says which fields these are. If either is unknown, nothing
// is written.
//
// A call returns, besides an error, a number that two documents describe differently
// (wire facts 2.2), so it is ignored.
type integrationService struct {
	tcbService
	key integrationKey

	mu        stdsync.Mutex
	templates map[string]extTemplate // by code; nil = not read yet
	types     map[string]string      // codes of what was read, by KeyID
}

func newIntegrations(api *api, key integrationKey) *integrationService {
	return &integrationService{tcbService: tcbService{api: api, kind: integration}, key: key, types: map[string]string{}}
}

// integrationMatcher: names are unique, and can be changed.
var integrationMatcher = service.Matcher{
	Kind:     &schema.Integration,
	ID:       "KeyID",
	Made:     "CreateAt",
	Identity: func(o schema.Object) []string { return []string{o.Text("Name")} },
	Sought: func(w sync.Want) string {
		if name := w.Fields.Text("name"); name != "" {
			return name
		}
		return w.Name
	},
	Name: func(o schema.Object) string { return o.Text("Name") },
}

// Read reads the list, which has no passwords, and then each relevant object with its
// passwords.
func (s *integrationService) Read(ctx context.Context, q sync.Query) ([]sync.WireObject, error) {
	var all []schema.Object
	group, both := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		known := service.KnownTo(&schema.Integration, q.Wants, service.AnyWant)
		all, err = s.list(both, "GetUserKeyList", &service.Paged{Name: "UserKeyList", ID: "KeyID", Size: 100, Known: known})
		return err
	})
	if len(q.Wants) > 0 || q.Others == sync.OthersWhole {
		group.Go(func() error { return s.readTemplates(both) })
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	live, err := integrationMatcher.Match(all, q.Wants)
	if err != nil {
		return nil, err
	}
	key, err := s.key.open()
	if err != nil {
		return nil, err
	}
	wanted := map[string]struct{}{}
	for _, w := range q.Wants {
		wanted[w.Name] = struct{}{}
	}
	group, ctx = errgroup.WithContext(ctx)
	for i := range live {
		l := &live[i]
		if l.Bound, err = boundTo(l.Wire["BindServiceList"]); err != nil {
			return nil, fmt.Errorf("cloudbase: GetUserKeyList: %s: %w", l.ID, err)
		}
		if _, ok := wanted[l.Name]; !ok && q.Others != sync.OthersWhole {
			delete(l.Wire, "Ext") // not what it is
			continue
		}
		group.Go(func() error { return s.detail(ctx, l, key) })
	}
	return live, group.Wait()
}

var errOtherIntegration = errors.New("the answer is not about this integration")

// list reads all of a list.
func (s *integrationService) list(ctx context.Context, action string, p *service.Paged) ([]schema.Object, error) {
	return p.Read(func(_ int, take func(schema.Object) error) error {
		page := schema.Object{"Offset": service.Number(len(p.Items)), "Limit": service.Number(p.Size)}
		return s.api.ask(ctx, action, schema.Overlay(business, page), take)
	})
}

// detail completes an object of the list with what only the call for one object shows:
// without NeedPwd, passwords are blank.
func (s *integrationService) detail(ctx context.Context, l *sync.WireObject, key foundKey) error {
	one := schema.Object{"KeyID": schema.Text(l.ID), "NeedPwd": schema.Bool(true)}
	return s.api.ask(ctx, "GetOneUserKey", schema.Overlay(business, one), func(answer schema.Object) error {
		wire, ok := answer["UserKeyInfo"].(schema.Object)
		if !ok || wire.Text("KeyID") != l.ID {
			return errOtherIntegration
		}
		err := s.complete(l, wire, key)
		if err != nil {
			return fmt.Errorf("%s: %w", schema.Key{Kind: schema.Integration.Name, Name: l.Name}, err)
		}
		return nil
	})
}

func (s *integrationService) complete(l *sync.WireObject, wire schema.Object, key foundKey) (err error) {
	if l.Bound, err = boundTo(wire["BindServiceList"]); err != nil {
		return err
	}
	listed, code := l.Wire["Ext"], wire.Text("AuthTypeCode")
	s.mu.Lock()
	s.types[l.ID] = code
	s.mu.Unlock()
	switch {
	case !schema.IsUnset(wire["Ext"]):
		ext, err := parseExt(wire["Ext"])
		if err != nil {
			return err
		}
		if wire["Ext"], err = s.template(code).open(ext, key); err != nil {
			return err
		}
	case !schema.IsUnset(listed):
		return errors.New("the answer has no Ext, and the list shows one")
	}
	l.Wire = wire
	return nil
}

// Prepare seals and discards the result, so that a failure shows before the first
// call.
func (s *integrationService) Prepare(ctx context.Context, call sync.Call, reveal schema.Reveal) error {
	_, err := s.sealed(ctx, call, reveal)
	return err
}

func (s *integrationService) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) (sync.Made, error) {
	body, err := s.sealed(ctx, call, reveal)
	if err != nil {
		return sync.Made{}, &transport.Error{System: call.System, Call: call.Action, Effect: transport.NotDone, Err: err}
	}
	call.Body = body
	return s.tcbService.Make(ctx, call, reveal)
}

// sealed returns the body of a call with the passwords of its ext sealed.
func (s *integrationService) sealed(ctx context.Context, call sync.Call, reveal schema.Reveal) (schema.Object, error) {
	v, sent := call.Body["Ext"]
	if !sent {
		return call.Body, nil
	}
	packed, _ := v.(schema.Packed)
	ext, ok := packed.Value.(schema.Object)
	if !ok {
		return nil, errors.New("ext is no object")
	}
	if err := s.readTemplates(ctx); err != nil {
		return nil, err
	}
	key, err := s.key.open()
	if err != nil {
		return nil, err
	}
	code, err := s.typeOf(ctx, call.Body)
	if err != nil {
		return nil, err
	}
	if ext, err = s.template(code).seal(ext, key, reveal); err != nil {
		return nil, err
	}
	body := call.Body.Clone()
	body["Ext"] = schema.Packed{Value: ext}
	return body, nil
}

// typeOf returns the type of the integration that a call writes. An update does not say
// it. It is asked for where another client has made the plan's reads, as for a saved
// plan that knew fewer secrets.
func (s *integrationService) typeOf(ctx context.Context, body schema.Object) (string, error) {
	if code := body.Text("AuthTypeCode"); code != "" {
		return code, nil
	}
	id := body.Text("KeyID")
	s.mu.Lock()
	code, known := s.types[id]
	s.mu.Unlock()
	if known {
		return code, nil
	}
	err := s.api.ask(ctx, "GetOneUserKey", schema.Overlay(business, schema.Object{"KeyID": schema.Text(id)}), func(answer schema.Object) error {
		if wire, ok := answer["UserKeyInfo"].(schema.Object); ok && wire.Text("KeyID") == id {
			code = wire.Text("AuthTypeCode")
			return nil
		}
		return errOtherIntegration
	})
	return code, err
}

// boundTo returns the services that use an integration, each with its sort: {"Apis":
// [{"ID", "Name", "Scene"}], "Mcp": [], ...}.
func boundTo(v schema.Value) ([]string, error) {
	if schema.IsUnset(v) {
		return nil, nil
	}
	services, ok := v.(schema.Object)
	if !ok {
		return nil, errors.New("BindServiceList is not an object")
	}
	var names []string
	for _, sort := range services.Names() {
		bound, err := service.Objects("BindServiceList", services, sort)
		if err != nil {
			return nil, err
		}
		for _, b := range bound {
			names = append(names, sort+" "+cmp.Or(b.Text("Name"), b.Text("ID")))
		}
	}
	return names, nil
}
