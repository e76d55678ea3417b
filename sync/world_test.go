package sync_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

const envID = "test-1a2b3c"

// world is a sandbox behind a real HTTP server, and what reaches it.
type world struct {
	transport *transport.Transport
	keys      *secrets.Keyring
	server    *sandbox.Server
	current   atomic.Pointer[sandbox.Server]
	before    func(http.ResponseWriter, *http.Request) (answered bool) // sees each request first; nil = nobody
	rewrite   func(*world, http.ResponseWriter, *http.Request)         // serves in the sandbox's place; nil = it does itself
	url       string
	dir       string // of the locks
	runs      int
}

func newWorld(t testing.TB, o transport.Options) *world {
	t.Helper()
	w := &world{dir: t.TempDir(), keys: &secrets.Keyring{
		Identities: []age.Identity{schematest.Identity()},
		LookupEnv:  variable,
	}}
	w.fresh(sandbox.Options{})
	h := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.before != nil && w.before(rw, r) {
			return
		}
		if w.rewrite != nil {
			w.rewrite(w, rw, r)
			return
		}
		w.current.Load().ServeHTTP(rw, r)
	}))
	o.Sandbox, w.url = h.URL, h.URL
	var err error
	if w.transport, err = transport.New(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.server.Close()
		h.CloseClientConnections()
		h.Close()
	})
	return w
}

// variable finds the variables S_X, which hold clear-x, and no others.
func variable(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, "S_")
	if !ok {
		return "", false
	}
	return "clear-" + strings.ToLower(rest), true
}

// fresh empties the world.
func (w *world) fresh(o sandbox.Options) {
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	}
	w.server = sandbox.New(o)
	w.runs++
	w.current.Store(w.server)
}

func (w *world) site(t fataler, env *schema.Environment) *sync.Site {
	// A lock belongs to one run: nothing is remembered of the one before.
	placed := *env
	placed.File = filepath.Join(w.dir, strconv.Itoa(w.runs)+".yaml")
	return w.siteOf(t, &placed)
}

// siteOf connects an environment where its file is.
func (w *world) siteOf(t fataler, env *schema.Environment) *sync.Site {
	t.Helper()
	site, err := remote.NewSite(env, remote.SiteConfig{Config: service.Config{
		Transport: w.transport, Keys: w.keys,
		LookupEnv: func(string) (string, bool) { return "", false },
		Hosts:     service.Sandboxed,
		Fallback:  &service.Fallback{Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey}, Token: sandbox.Token, IntegrationKey: sandbox.IntegrationKey},
	}})
	if err != nil {
		t.Fatal(err)
	}
	site.Waits = make([]time.Duration, 4) // the sandbox shows at once what was written
	return site
}

// fataler is what a *testing.T and a *rapid.T have in common.
type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// read is what is live at a site, without errors.
func (w *world) read(t fataler, site *sync.Site, o sync.Options) *sync.Reading {
	t.Helper()
	reading := sync.Read(context.Background(), site, o)
	for _, err := range reading.Errors {
		t.Fatal(err)
	}
	return reading
}

// state is what the sandbox holds of the environment.
func (w *world) state(t fataler) schema.Object {
	t.Helper()
	text, err := w.server.State()
	if err != nil {
		t.Fatal(err)
	}
	v, err := schema.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	state, _ := v.(schema.Object).At("cloudbase", envID).(schema.Object)
	return state
}

// held is the wire form of one object in a state, or nil.
func held(state schema.Object, key schema.Key) schema.Object {
	k := schema.KindNamed(key.Kind)
	path := []string{k.Collection}
	if k.Arity == schema.Many {
		id := key.Name
		if k == &schema.Client && id == "default" {
			id = envID
		}
		path = append(path, id)
	}
	wire, _ := state.At(path...).(schema.Object)
	return wire
}

// request is one line of the sandbox's log.
type request struct {
	Action string `json:"action"`
	Write  bool   `json:"write"`
	Code   string `json:"code"`
	Fault  string `json:"fault"`
}

// environment is a manifest of the world's environment.
func environment(objects ...*schema.Declared) *schema.Environment {
	env := &schema.Environment{
		Name: "test", File: "test.yaml",
		Systems: map[string]schema.Object{
			schema.CloudBase:  {"envId": schema.Text(envID)},
			schema.Connectors: {"url": schema.Text("https://connectors.test")},
			schema.Devices:    {"url": schema.Text("https://devices.test")},
		},
		Collections: map[string]*schema.Collection{},
	}
	for _, d := range objects {
		k := schema.KindNamed(d.Key.Kind)
		if env.Collections[k.Name] == nil {
			env.Collections[k.Name] = &schema.Collection{Kind: k}
		}
		c := env.Collections[k.Name]
		if group, _, grouped := strings.Cut(d.Key.Name, "/"); grouped && k.Arity == schema.Groups {
			c.Groups = map[string]schema.Object{group: {"envType": schema.Text("prod"), k.RowKey: schema.Text("key")}}
		}
		c.Objects = append(c.Objects, d)
	}
	return env
}
