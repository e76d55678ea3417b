package rehearse_test

import (
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"authsync/remote"
	"authsync/remote/officetest"
	"authsync/remote/rehearse"
	"authsync/remote/sandbox"
	"authsync/remote/service"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// The plan of the example, which writes to every system, ends as its rehearsal says,
// however the services are.
func TestARehearsalOfEverySystem(t *testing.T) {
	w := exampleWorld(t)
	var count struct{ drawn, without, fine, foretold int }
	few, most := flag.Lookup("rapid.checks").Value.String() == flag.Lookup("rapid.checks").DefValue, 10
	if testing.Short() {
		most = 4 // under the race detector each takes eight seconds
	}
	rapid.Check(t, func(t *rapid.T) {
		if count.drawn++; few && count.drawn > most {
			return // the whole number is tried where it is asked for
		}
		quirks := drawnQuirks(t)
		site := w.site(t, quirks)
		plan := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
		rehearsed := rehearse.Plan(t.Context(), site, plan, rehearse.Deep)
		if rehearsed.Without != "" {
			if len(plan.Errors)+len(plan.Refusals)+len(plan.Unreadable) == 0 {
				t.Fatalf("%v: %s", quirks, rehearsed.Without)
			}
			count.without++
			return
		}
		report := sync.Apply(t.Context(), site, officetest.Allowed(plan), func(sync.Event) {})
		fine := !slices.ContainsFunc(report.ReadBack, func(b sync.ReadBack) bool { return !b.Status.Fine() }) && report.Complete()
		next := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
		fine = fine && next.Empty()
		switch {
		case fine:
			count.fine++
		case len(rehearsed.Divergences) > 0:
			count.foretold++
		default:
			for _, s := range report.Steps {
				t.Logf("%s %s: %s %v", s.Step.Key, s.Step.Call, s.Outcome, s.Err)
			}
			t.Fatalf("%v: %d readings of %v are said to end as wanted, and: %+v %v %+v %v", quirks, rehearsed.Readings, rehearsed.Quirks, report.ReadBack, report.Errors, next.Changes, next.Refusals)
		}
	})
	t.Logf("%+v", count)
}

// copied is the example's manifest in a folder of its own, without a lock.
func copied(t *rapid.T, examples string) *schema.Environment {
	dir, err := os.MkdirTemp("", "rehearse")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, name := range []string{"base.yaml", "prod.yaml"} {
		text, err := os.ReadFile(filepath.Join(examples, "envs", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(strings.ReplaceAll(string(text), "policy.yaml", "")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	loaded := schema.Load([]string{filepath.Join(dir, "prod.yaml")}, schema.SecretsSealed)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return loaded.Environments[0]
}

// A copy that plays what a service does reads as the service: nothing is left to be found
// out by trying one answer after the other.
func TestACopyReadsAsLive(t *testing.T) {
	w := exampleWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		quirks := drawnQuirks(t)
		site := w.site(t, quirks)
		plan := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
		if odd, err := rehearse.Strange(t.Context(), site, plan, quirks); err != nil || len(odd) > 0 {
			t.Errorf("%v: %v %v", quirks, odd, err)
		}
	})
}

// drawnQuirks are those of services in which a token is given.
func drawnQuirks(t *rapid.T) quirk.Set {
	quirks := quirk.Set{}
	for _, s := range schema.Systems {
		quirks.Add(schematest.Quirks(t, s.Name))
	}
	delete(quirks, quirk.DevicesLogin)
	return quirks
}

// world is what is live before the example is applied, and what opens the example.
type world struct {
	examples string
	seed     *schema.Environment
	keys     *secrets.Keyring
}

func exampleWorld(t *testing.T) world {
	examples := filepath.Join("..", "..", "examples")
	seeds := schema.Load([]string{filepath.Join(examples, "sandbox", "prod.yaml")}, schema.SecretsPlain)
	if err := seeds.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(examples, "envs", "EXAMPLE-KEY-NOT-SECRET.txt"))
	if err != nil {
		t.Fatal(err)
	}
	identities, err := secrets.ParseIdentities(string(key), "the example's key", nil)
	if err != nil {
		t.Fatal(err)
	}
	return world{examples, seeds.Environments[0], &secrets.Keyring{Identities: identities, LookupEnv: none}}
}

func none(string) (string, bool) { return "", false }

// site is the example's, beside services with quirks.
func (w world) site(t *rapid.T, quirks quirk.Set) *sync.Site {
	server := sandbox.New(sandbox.Options{Quirks: quirks})
	if err := server.Seed(w.seed); err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(server)
	t.Cleanup(h.Close)
	carrier, err := transport.New(transport.Options{Sandbox: h.URL, Pause: time.Microsecond})
	if err != nil {
		t.Fatal(err)
	}
	site, err := remote.NewSite(copied(t, w.examples), remote.SiteConfig{Version: "test", Waits: make([]time.Duration, 4), Config: service.Config{
		Transport: carrier, Keys: w.keys, LookupEnv: none, Hosts: service.Sandboxed,
		Fallback: &service.Fallback{
			Account: service.Credentials{SecretID: sandbox.SecretID, SecretKey: sandbox.SecretKey}, Token: sandbox.Token, IntegrationKey: sandbox.IntegrationKey,
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return site
}
