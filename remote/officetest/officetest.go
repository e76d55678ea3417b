// Package officetest is an office at which one manifest is worked on: a sandbox
// behind a real server, and all that leads to an apply. Tests of every system's
// kinds stand on it. Begin with [New] and [Office.Apply].
package officetest

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	gocmp "github.com/google/go-cmp/cmp"

	"authsync/remote"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// Office is a sandbox behind a real server, and one manifest that is worked on.
type Office struct {
	*testing.T
	Server     *sandbox.Server
	URL        string
	File       string
	Env        map[string]string // variables
	Identities []age.Identity
	Head       string // of the manifest, "" = that of a CloudBase environment
	// Between may answer in the sandbox's place; it then returns true.
	Between func(w http.ResponseWriter, r *http.Request) bool
}

// Asked is a line of the sandbox's log.
type Asked struct {
	System, Action, Method, Path, Query string
	Write                               bool
	Body                                json.RawMessage
}

// New opens an office of which nothing is known yet.
func New(t *testing.T, o sandbox.Options) *Office {
	f := &Office{T: t, Server: sandbox.New(o), File: filepath.Join(t.TempDir(), "prod.yaml"), Env: map[string]string{}}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.Between == nil || !f.Between(w, r) {
			f.Server.ServeHTTP(w, r)
		}
	}))
	f.URL = h.URL
	t.Cleanup(func() {
		f.Server.Close()
		h.CloseClientConnections()
		h.Close()
	})
	return f
}

// EnvID is the environment of an office.
const EnvID = "acme-prod"

// Site reads a manifest, of which the head is always the same.
func (f *Office) Site(text string) *sync.Site {
	f.Helper()
	head := cmp.Or(f.Head, "systems: {cloudbase: {envId: "+EnvID+"}}\n")
	site, err := f.Connect(head + text)
	if err != nil {
		f.Fatal(err)
	}
	return site
}

func (f *Office) Connect(text string) (*sync.Site, error) {
	f.Helper()
	text = "apiVersion: authsync/v1\nkind: Environment\nname: prod\n" + text
	if err := os.WriteFile(f.File, []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
	loaded := schema.Load([]string{f.File}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		f.Fatal(err)
	}
	carrier, err := transport.New(transport.Options{Sandbox: f.URL, Pause: time.Microsecond})
	if err != nil {
		f.Fatal(err)
	}
	lookup := func(name string) (string, bool) { v, ok := f.Env[name]; return v, ok }
	return remote.NewSite(loaded.Environments[0], remote.SiteConfig{Version: "test", Waits: make([]time.Duration, 4), Config: service.Config{
		Transport: carrier, Keys: &secrets.Keyring{Identities: f.Identities, LookupEnv: lookup}, LookupEnv: lookup,
		Hosts:    service.Sandboxed,
		Fallback: &service.Fallback{Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey}, Token: sandbox.Token},
	}})
}

func (f *Office) Plan(site *sync.Site, o sync.Options) *sync.EnvironmentPlan {
	return sync.Build(site, sync.Read(f.Context(), site, o), o)
}

// Planned is a plan without errors and refusals.
func (f *Office) Planned(site *sync.Site, o sync.Options) *sync.EnvironmentPlan {
	f.Helper()
	plan := f.Plan(site, o)
	if len(plan.Errors) > 0 || len(plan.Refusals) > 0 {
		f.Fatalf("errors %v, refusals %v", plan.Errors, plan.Refusals)
	}
	return Allowed(plan)
}

// AsWanted reports whether a run says that all is as the manifest wants it.
func AsWanted(report *sync.Report) bool {
	for _, b := range report.ReadBack {
		if b.Status != sync.AsWanted {
			return false
		}
	}
	return report.Complete()
}

// Allowed lets a plan through its gates.
func Allowed(plan *sync.EnvironmentPlan) *sync.EnvironmentPlan {
	for i := range plan.Gates {
		plan.Gates[i].Allowed = true
	}
	return plan
}

// Apply does what a manifest says and checks that nothing is left to do.
func (f *Office) Apply(text string, o sync.Options) *sync.Report {
	f.Helper()
	site := f.Site(text)
	report := sync.Apply(f.Context(), site, f.Planned(site, o), func(sync.Event) {})
	for _, s := range report.Steps {
		if s.Err != nil {
			f.Fatalf("step %d, %s: %s: %v", s.Step.Number, s.Step.Call, s.Outcome, s.Err)
		}
	}
	for _, b := range report.ReadBack {
		if b.Status != sync.AsWanted {
			f.Fatalf("%s: %s: %+v", b.Key, b.Status, b.Fields)
		}
	}
	if again := f.Planned(f.Site(text), o); !again.Empty() {
		f.Fatalf("the second plan is not empty: %+v", again.Changes)
	}
	return report
}

// Asked is what the sandbox was asked of a system, and forgets it.
func (f *Office) Asked(system string) []Asked {
	f.Helper()
	answer, err := http.Get(f.URL + "/_sandbox/requests")
	if err != nil {
		f.Fatal(err)
	}
	defer answer.Body.Close()
	var all []Asked
	for d := json.NewDecoder(answer.Body); ; {
		var a Asked
		if err := d.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			f.Fatal(err)
		}
		if a.System == system {
			all = append(all, a)
		}
	}
	r, _ := http.NewRequest(http.MethodDelete, f.URL+"/_sandbox/requests", nil)
	gone, err := http.DefaultClient.Do(r)
	if err != nil {
		f.Fatal(err)
	}
	gone.Body.Close()
	return all
}

// Fault makes requests fail.
func (f *Office) Fault(body string) {
	f.Helper()
	answer, err := http.Post(f.URL+"/_sandbox/faults", "application/json", strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		f.Fatalf("the fault %s: HTTP %d", body, answer.StatusCode)
	}
}

// State is a part of what the sandbox holds.
func (f *Office) State(path ...string) schema.Object {
	f.Helper()
	text, err := f.Server.State()
	if err != nil {
		f.Fatal(err)
	}
	v, err := schema.ParseJSON(text)
	if err != nil {
		f.Fatal(err)
	}
	part, _ := v.(schema.Object).At(path...).(schema.Object)
	return part
}

// SystemsOf reads the settings of systems.
func SystemsOf(t *testing.T, systems string) (*schema.Environment, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "e.yaml")
	text := "apiVersion: authsync/v1\nkind: Environment\nname: e\nsystems:\n  " + systems + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return nil, err
	}
	loaded := schema.Load([]string{file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		return nil, err
	}
	return loaded.Environments[0], nil
}

// Keyring opens what variables hold.
func Keyring(env map[string]string) *secrets.Keyring {
	return &secrets.Keyring{LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}

// Carrier is a transport until the end of the test, which pauses hardly at all
// before another attempt.
func Carrier(t *testing.T, o transport.Options) *transport.Transport {
	t.Helper()
	o.Pause = time.Microsecond
	carrier, err := transport.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return carrier
}

// Same reports how what a test got differs from what it wants.
func Same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := gocmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got)\n%s", what, d)
	}
}

// Sealed is a secret as a manifest has it in one line, and the key to it.
func (f *Office) Sealed(path, clear string) string {
	f.Helper()
	identity := schematest.Identity()
	f.Identities = []age.Identity{identity}
	v, err := secrets.Seal(secrets.NewClear(clear), secrets.Binding{Env: "prod", Path: path}, []age.Recipient{identity.Recipient()})
	if err != nil {
		f.Fatal(err)
	}
	return "!age " + strconv.Quote(v.Armored())
}
