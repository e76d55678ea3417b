package devices

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	stdsync "sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

const applicationsPath = "/api/application"

// applicationService implements sync.Service for the device platform's applications.
// Only creating one is documented (seed 003); everything else is that of the family
// (wire facts, section 4) and is used if the platform offers it.
type applicationService struct {
	api  *service.Client
	keys *secrets.Keyring
	user string // the user of this run's login; "" = it has a token
	// roles and organizations are fetched once, if a manifest names any.
	roles, organizations idList
	// unlisted is set if the platform offers no list of applications.
	unlisted atomic.Bool
}

func newApplications(api *service.Client, keys *secrets.Keyring, user string) *applicationService {
	return &applicationService{
		api: api, keys: keys, user: user,
		roles:         idList{api: api, path: "/api/role/_query/no-paging", query: wholeList},
		organizations: idList{api: api, path: "/api/organization/_all", query: wholeList},
	}
}

// wholeList: without it even a list that is called no-paging ends after 25 items.
var wholeList = url.Values{"paging": {"false"}}

func (s *applicationService) Read(ctx context.Context, q sync.Query) ([]sync.WireObject, error) {
	all, err := deviceList(ctx, s.api, applicationsPath+"/_query/no-paging", wholeList)
	if isNotOffered(err) {
		s.unlisted.Store(true)
		all, err = s.readNamed(ctx, q, err)
	}
	if err != nil {
		return nil, err
	}
	if known := service.KnownTo(&schema.Application, q.Wants, service.AnyWant); len(all) == 0 && len(known) > 0 {
		return nil, fmt.Errorf("%s: GET %s: %w", s.api.System, applicationsPath, service.EmptyWhere(known))
	}
	live, err := matched(all, q.Wants)
	if err != nil {
		return nil, err
	}
	return live, s.complete(ctx, live, q)
}

// readNamed reads applications one by one if there is no list. If that is not offered
// either, the kind is write-only.
func (s *applicationService) readNamed(ctx context.Context, q sync.Query, noList error) ([]schema.Object, error) {
	named := slices.Concat(q.Wants, q.Strays)
	if len(named) == 0 {
		return nil, &sync.Unreadable{Why: fmt.Sprintf("live cannot be listed: %s", noList)}
	}
	var all []schema.Object
	for _, w := range named {
		o, err := s.one(ctx, cmp.Or(w.Pin, w.ID, w.Name))
		switch {
		case isNotOffered(err):
			return nil, &sync.Unreadable{Why: fmt.Sprintf("live cannot be read: %s", err), Lacks: lacking(err)}
		case transport.IsNotFound(err):
			continue
		case err != nil:
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// lacking returns the operations that an application's own path does not have, since
// it does not exist or lists other methods.
func lacking(err error) []sync.Op {
	if transport.HasCode(err, noSuchPath) {
		return []sync.Op{sync.OpUpdate, sync.OpDelete}
	}
	return nil
}

// deviceList reads a list. An item without an id, or with the id of another, is an
// error, since it cannot be compared.
func deviceList(ctx context.Context, api *service.Client, path string, query url.Values) ([]schema.Object, error) {
	answer, err := api.Ask(ctx, sync.Call{Method: http.MethodGet, Path: path}, query)
	if err != nil {
		return nil, err
	}
	call := api.System + ": GET " + path
	if _, ok := answer.(schema.List); !ok {
		return nil, fmt.Errorf("%s: the answer's result is not a list", call)
	}
	all, err := service.Objects(call, schema.Object{"result": answer}, "result")
	if err != nil {
		return nil, err
	}
	seen := map[string]struct{}{}
	for _, o := range all {
		id := o.Text("id")
		if _, twice := seen[id]; twice || id == "" {
			return nil, fmt.Errorf("%s: the list has %q for an id, or has it twice", call, id)
		}
		seen[id] = struct{}{}
	}
	return all, nil
}

// Describe: an application is disabled before it is deleted, as the platform's own
// client does. Enabling and disabling is an update of state.
func (s *applicationService) Describe(op sync.Op, t sync.Target, body schema.Object) []sync.Call {
	id := cmp.Or(t.ID, t.Name)
	at := service.Path(applicationsPath, id)
	if server, ok := body["apiServer"].(schema.Object); ok {
		body = body.Clone()
		body["apiServer"] = withAppID(server, id)
	}
	switch op {
	case sync.OpCreate:
		return []sync.Call{{System: schema.Devices, Method: http.MethodPost, Path: applicationsPath, Body: withID(body, id)}}
	case sync.OpDelete:
		return []sync.Call{
			{System: schema.Devices, Method: http.MethodPut, Path: at, Body: schema.Object{"state": schema.Text("disabled")}},
			{System: schema.Devices, Method: http.MethodDelete, Path: at},
		}
	}
	return []sync.Call{{System: schema.Devices, Method: http.MethodPut, Path: at, Body: body}}
}

func (s *applicationService) Make(ctx context.Context, call sync.Call, reveal schema.Reveal) (sync.Made, error) {
	made, _, err := s.api.Make(ctx, call, reveal)
	switch {
	case err == nil && call.Method == http.MethodPost:
		return sync.Made{ID: made.Text("id")}, nil
	case call.Method == http.MethodPost && transport.IsExists(err):
		err = fmt.Errorf("it exists already, as an application or as a user: %w", err)
	case isNotOffered(err):
		err = fmt.Errorf("this platform does not offer the call; do it in its console: %w", err)
	}
	return sync.Made{}, err
}

// Check compares the roles and organisations that an application names with the
// existing ones, and its key with the platform's rule for passwords. It accepts what
// live already has.
func (s *applicationService) Check(ctx context.Context, w sync.Want, live schema.Object) ([]schema.Problem, error) {
	var problems []schema.Problem
	for _, named := range []struct {
		at   schema.Path
		what string
		list *idList
	}{
		{schema.Path{"apiServer", "roleIdList"}, "role", &s.roles},
		{schema.Path{"apiServer", "orgIdList"}, "organisation", &s.organizations},
		{schema.Path{"sso", "roleIdList"}, "role", &s.roles},
		{schema.Path{"sso", "orgIdList"}, "organisation", &s.organizations},
	} {
		at := named.at
		wanted, _ := w.Fields.At(at...).(schema.Set)
		had, _ := live.At(at...).(schema.Set)
		if len(wanted) == 0 {
			continue
		}
		known, err := named.list.get(ctx)
		var e *transport.Error
		switch {
		case errors.As(err, &e) && e.Effect == transport.Refused:
			problems = append(problems, schema.Problem{At: at, Severity: schema.Doubtful, Text: fmt.Sprintf("was not checked against live: %s", err)})
			continue
		case err != nil:
			return nil, err
		}
		for _, id := range wanted {
			text, _ := id.(schema.Text)
			if !known[string(text)] && !slices.ContainsFunc(had, func(v schema.Value) bool { return schema.Same(v, id) }) {
				problems = append(problems, schema.Problem{At: at, Text: fmt.Sprintf("names %s %s, which the platform does not list", named.what, text)})
			}
		}
	}
	if live == nil && s.Unseen(w) {
		problems = append(problems, schema.Problem{At: schema.Path{"name"}, Severity: schema.Doubtful,
			Text: "may be there already: the platform lists no applications, and chooses the id of this one; if it is there, say so with id:"})
	}
	return append(problems, s.weakKey(w)...), nil
}

// Unseen implements [sync.Blind]: without a list an application is found by its id, or
// not at all.
func (s *applicationService) Unseen(w sync.Want) bool {
	who, _ := schema.ApplicationID(w.Fields)
	return who == schema.ChosenByPlatform && w.Pin == "" && w.ID == "" && s.unlisted.Load()
}

// weakKey warns about a key that would not be accepted as a password, since it is the
// password of the application's user too. The rule is that of the family's own client.
func (s *applicationService) weakKey(w sync.Want) []schema.Problem {
	secret, ok := w.Fields.At("apiServer", "secureKey").(schema.Secret)
	if !ok || !s.keys.CanOpen(secret.Value) {
		return nil
	}
	clear, err := s.keys.Open(secret.Value)
	if err != nil || strongPassword(clear.Reveal()) {
		return nil
	}
	return []schema.Problem{{At: schema.Path{"apiServer", "secureKey"}, Severity: schema.Doubtful,
		Text: "is a password too: the platform may want 8 to 64 characters with an upper-case letter, a lower-case letter and a digit"}}
}

func strongPassword(text string) bool {
	var upper, lower, digit bool
	for _, r := range text {
		upper, lower, digit = upper || unicode.IsUpper(r), lower || unicode.IsLower(r), digit || unicode.IsDigit(r)
	}
	n := utf8.RuneCountInString(text)
	return upper && lower && digit && n >= 8 && n <= 64
}

// idList has the ids of a list of the platform, fetched on first use. A refusal is
// kept, any other failure is not.
type idList struct {
	api   *service.Client
	path  string
	query url.Values

	mu   stdsync.Mutex
	done bool
	ids  map[string]bool
	err  error
}

func (l *idList) get(ctx context.Context) (map[string]bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		return l.ids, l.err
	}
	all, err := deviceList(ctx, l.api, l.path, l.query)
	var e *transport.Error
	l.done, l.err = err == nil || errors.As(err, &e) && e.Effect == transport.Refused, err
	l.ids = map[string]bool{}
	for _, o := range all {
		l.ids[o.Text("id")] = true
	}
	return l.ids, l.err
}

// Reread implements [sync.Rereader]. If an application has no address of its own, the
// list is read.
func (s *applicationService) Reread(ctx context.Context, w sync.Want) ([]sync.WireObject, error) {
	all, err := s.readNamed(ctx, sync.Query{Wants: []sync.Want{w}}, nil)
	switch {
	case errors.Is(err, sync.ErrUnreadable):
		return s.Read(ctx, sync.Query{Wants: []sync.Want{w}, Others: sync.OthersWhole})
	case err != nil || len(all) == 0:
		return nil, err
	}
	return []sync.WireObject{liveOf(w.Name, all[0])}, nil
}

// InUse implements [sync.UseReporter]: an application in apiServer mode has a user of
// the name of its id, as which this run may log in.
func (s *applicationService) InUse(name string, live schema.Object) string {
	if s.user != "" && (s.user == name || live.At("apiServer", "appId") == schema.Text(s.user)) {
		return "this run logs in to the platform as its user"
	}
	return ""
}
