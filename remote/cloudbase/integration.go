package cloudbase

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"time"

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

// integrationMatcher: names are unique, and can be changed.
var integrationMatcher = service.Matcher{
	Kind:     &schema.Integration,
	ID:       "KeyID",
	Made:     "CreateAt",
	Identity: func(o schema.Object) []string { return []string{o.Text("Name")} },
	Sought:   func(w sync.Want) string { return cmp.Or(w.Fields.Text("name"), w.Name) },
	Name:     func(o schema.Object) string { return o.Text("Name") },
}

// Read reads the list, which has no passwords, and then each relevant object with its
// passwords, unless all of it is known. The templates are needed for these alone, and
// for what is not there yet.
func (s *integrationService) Read(ctx context.Context, q sync.Query) ([]sync.WireObject, error) {
	known := service.KnownTo(&schema.Integration, q.Wants, service.AnyWant)
	all, err := s.list(ctx, "GetUserKeyList", &service.Paged{Name: "UserKeyList", ID: "KeyID", Size: 100, Known: known})
	if err != nil {
		return nil, err
	}
	live, err := integrationMatcher.Match(all, q.Wants)
	if err != nil {
		return nil, err
	}
	unknown, err := s.unknown(live, q)
	if err != nil || len(unknown) == 0 && !lacksAny(live, q.Wants) {
		return live, err
	}
	key, err := s.key.open()
	if err != nil {
		return nil, err
	}
	ones := make([]schema.Object, len(unknown))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return s.readTemplates(ctx) })
	for i, l := range unknown {
		group.Go(func() (err error) {
			ones[i], err = s.detail(ctx, l)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, l := range unknown {
		if err := s.complete(l, ones[i], key); err != nil {
			return nil, fmt.Errorf("cloudbase: GetOneUserKey: %s: %w", schema.Key{Kind: schema.Integration.Name, Name: l.Name}, err)
		}
	}
	return live, nil
}

// unknown returns the objects of a list that have to be read in detail.
func (s *integrationService) unknown(live []sync.WireObject, q sync.Query) (unknown []*sync.WireObject, err error) {
	wanted := service.ByName(q.Wants)
	for i := range live {
		l := &live[i]
		if l.Bound, err = boundTo(l.Wire["BindServiceList"]); err != nil {
			return nil, fmt.Errorf("cloudbase: GetUserKeyList: %s: %w", l.ID, err)
		}
		w, ok := wanted[l.Name]
		switch {
		case ok && w.IsKnown(l):
			s.typed(l.ID, l.Wire)
		case ok || q.Others == sync.OthersWhole:
			unknown = append(unknown, l)
		default:
			delete(l.Wire, "Ext") // not what it is
		}
	}
	return unknown, nil
}

func lacksAny(live []sync.WireObject, wants []sync.Want) bool {
	return slices.ContainsFunc(wants, func(w sync.Want) bool {
		return !slices.ContainsFunc(live, func(l sync.WireObject) bool { return l.Name == w.Name })
	})
}

var errOtherIntegration = errors.New("the answer is not about this integration")

func (s *integrationService) list(ctx context.Context, action string, p *service.Paged) ([]schema.Object, error) {
	return p.Read(func(page service.Page, take func(schema.Object) error) error {
		part := schema.Object{"Offset": service.Number(page.From), "Limit": service.Number(p.Size)}
		return s.api.ask(ctx, action, schema.Overlay(business, part), take)
	})
}

// detail reads what only the call for one object shows: without NeedPwd, passwords are
// blank.
func (s *integrationService) detail(ctx context.Context, l *sync.WireObject) (wire schema.Object, err error) {
	one := schema.Object{"KeyID": schema.Text(l.ID), "NeedPwd": schema.Bool(true)}
	err = s.api.Do(ctx, service.Request{
		Call: s.api.asking("GetOneUserKey", schema.Overlay(business, one)), Class: transport.Read,
		Dated: func(at time.Time) { l.Stamp.Read = at },
		Take: service.Object(func(answer schema.Object) (err error) {
			wire, err = userKeyInfo(answer, l.ID)
			return err
		}),
	})
	return wire, err
}

// userKeyInfo is the integration with an id in an answer for one.
func userKeyInfo(answer schema.Object, id string) (schema.Object, error) {
	wire, ok := answer["UserKeyInfo"].(schema.Object)
	if !ok || wire.Text("KeyID") != id {
		return nil, errOtherIntegration
	}
	_, err := boundTo(wire["BindServiceList"])
	return wire, err
}

func (s *integrationService) typed(id string, wire schema.Object) (code string) {
	code = wire.Text("AuthTypeCode")
	s.mu.Lock()
	s.types[id] = code
	s.mu.Unlock()
	return code
}

// complete makes an object of the list what the call for it showed.
func (s *integrationService) complete(l *sync.WireObject, wire schema.Object, key foundKey) (err error) {
	if l.Bound, err = boundTo(wire["BindServiceList"]); err != nil {
		return err
	}
	listed, code := l.Wire["Ext"], s.typed(l.ID, wire)
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
	stamp := service.StampOf(&schema.Integration, wire)
	stamp.Read = l.Stamp.Read
	l.Listed, l.Wire, l.Stamp = l.Wire, wire, stamp
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
		wire, err := userKeyInfo(answer, id)
		code = wire.Text("AuthTypeCode")
		return err
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
