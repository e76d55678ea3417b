package remote

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync"
)

// office is a sandbox behind a real server, and one manifest that is worked on.
type office struct {
	*testing.T
	server     *sandbox.Server
	url        string
	file       string
	env        map[string]string // variables
	identities []age.Identity
	head       string // of the manifest, "" = that of a CloudBase environment
	// between may answer in the sandbox's place; it then returns true.
	between func(w http.ResponseWriter, r *http.Request) bool
}

// asked is a line of the sandbox's log.
type asked struct {
	System, Action, Method, Path, Query string
	Write                               bool
	Body                                json.RawMessage
}

func newOffice(t *testing.T, o sandbox.Options) *office {
	f := &office{T: t, server: sandbox.New(o), file: filepath.Join(t.TempDir(), "prod.yaml"), env: map[string]string{}}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.between == nil || !f.between(w, r) {
			f.server.ServeHTTP(w, r)
		}
	}))
	f.url = h.URL
	t.Cleanup(func() {
		f.server.Close()
		h.CloseClientConnections()
		h.Close()
	})
	return f
}

const officeEnv = "acme-prod"

// site reads a manifest, of which the head is always the same.
func (f *office) site(text string) *sync.Site {
	f.Helper()
	head := orDefault(f.head, "systems: {cloudbase: {envId: "+officeEnv+"}}\n")
	site, err := f.connect(head + text)
	if err != nil {
		f.Fatal(err)
	}
	return site
}

func (f *office) connect(text string) (*sync.Site, error) {
	f.Helper()
	text = "apiVersion: authsync/v1\nkind: Environment\nname: prod\n" + text
	if err := os.WriteFile(f.file, []byte(text), 0o600); err != nil {
		f.Fatal(err)
	}
	loaded := schema.Load([]string{f.file}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		f.Fatal(err)
	}
	transport, err := NewTransport(Options{Sandbox: f.url})
	if err != nil {
		f.Fatal(err)
	}
	transport.backoff.base = time.Microsecond
	f.Cleanup(transport.Close)
	lookup := func(name string) (string, bool) { v, ok := f.env[name]; return v, ok }
	return NewSite(loaded.Environments[0], SiteConfig{
		Transport: transport, Keys: &secrets.Keyring{Identities: f.identities, LookupEnv: lookup}, LookupEnv: lookup, Version: "test",
		Fallback: &Fallback{Account: Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey}, Token: sandbox.Token},
	})
}

func (f *office) plan(site *sync.Site, o sync.Options) *sync.EnvironmentPlan {
	return sync.Build(site, sync.Read(f.Context(), site, o), o)
}

// planned is a plan without errors and refusals.
func (f *office) planned(site *sync.Site, o sync.Options) *sync.EnvironmentPlan {
	f.Helper()
	plan := f.plan(site, o)
	if len(plan.Errors) > 0 || len(plan.Refusals) > 0 {
		f.Fatalf("errors %v, refusals %v", plan.Errors, plan.Refusals)
	}
	return allowed(plan)
}

// allowed lets a plan through its gates.
func allowed(plan *sync.EnvironmentPlan) *sync.EnvironmentPlan {
	for i := range plan.Gates {
		plan.Gates[i].Allowed = true
	}
	return plan
}

// apply does what a manifest says and checks that nothing is left to do.
func (f *office) apply(text string, o sync.Options) *sync.Report {
	f.Helper()
	site := f.site(text)
	report := sync.Apply(f.Context(), site, f.planned(site, o), func(sync.Event) {})
	for _, s := range report.Steps {
		if s.Err != nil {
			f.Fatalf("step %d, %s: %s: %v", s.Step.Number, s.Step.Call, s.Outcome, s.Err)
		}
	}
	for _, b := range report.ReadBack {
		if b.Standing != sync.AsWanted {
			f.Fatalf("%s: %s: %+v", b.Key, b.Standing, b.Fields)
		}
	}
	if again := f.planned(f.site(text), o); !again.Empty() {
		f.Fatalf("the second plan is not empty: %+v", again.Changes)
	}
	return report
}

// asked is what the sandbox was asked of a system, and forgets it.
func (f *office) asked(system string) []asked {
	f.Helper()
	answer, err := http.Get(f.url + "/_sandbox/requests")
	if err != nil {
		f.Fatal(err)
	}
	defer answer.Body.Close()
	var all []asked
	for d := json.NewDecoder(answer.Body); ; {
		var a asked
		if err := d.Decode(&a); err == io.EOF {
			break
		} else if err != nil {
			f.Fatal(err)
		}
		if a.System == system {
			all = append(all, a)
		}
	}
	r, _ := http.NewRequest(http.MethodDelete, f.url+"/_sandbox/requests", nil)
	gone, err := http.DefaultClient.Do(r)
	if err != nil {
		f.Fatal(err)
	}
	gone.Body.Close()
	return all
}

// fault makes requests fail.
func (f *office) fault(body string) {
	f.Helper()
	answer, err := http.Post(f.url+"/_sandbox/faults", "application/json", strings.NewReader(body))
	if err != nil {
		f.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		f.Fatalf("the fault %s: HTTP %d", body, answer.StatusCode)
	}
}

// state is a part of what the sandbox holds.
func (f *office) state(path ...string) schema.Object {
	f.Helper()
	text, err := f.server.State()
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

// systemsOf reads the settings of systems.
func systemsOf(t *testing.T, systems string) (*schema.Environment, error) {
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

func keyringOf(env map[string]string) *secrets.Keyring {
	return &secrets.Keyring{LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}
}
