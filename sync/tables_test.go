package sync_test

import (
	"regexp"
	"strings"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// Each kind's example is taken through all tables: the sandbox has it live, a plan
// finds nothing to do, and an export says what the example says. The message of a
// kind that is missing somewhere names the table and its file.
func TestEveryKindIsInEveryTable(t *testing.T) {
	w := newWorld(t, transport.Options{})
	for _, k := range schema.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			w.fresh(sandbox.Options{})
			env, seed := examples(t, k)
			if err := w.server.Played(k.Name); err != nil {
				t.Fatalf("%v; it is a line in plays, remote/sandbox/play.go", err)
			}
			if err := w.server.Seed(seed); err != nil {
				t.Fatalf("the sandbox does not seed the example: %v", err)
			}
			site := w.site(t, env)
			if site.Services[k.Name] == nil {
				t.Fatalf("nothing reads or writes it; it is a line in the table of kinds of its system, remote/%s", k.System)
			}
			read := w.read(t, site, sync.Options{})
			if k.Update.Seen == schema.InVault {
				madeAndKept(t, site, sync.Build(site, read, sync.Options{}))
				return
			}
			for _, d := range env.Collections[k.Name].Objects {
				if _, stands := read.Live[k.Name][d.Key.Name]; !stands {
					t.Errorf("%s is seeded, and a read does not show it", d.Key)
				}
			}
			plan := sync.Build(site, read, sync.Options{})
			for _, c := range plan.Changes {
				t.Errorf("live is as the example says, and the plan has: %s %s %v", c.Action, c.Key, c.Fields)
			}
			made, _, err := sync.Export(site, read, func(v secrets.Value, at schema.Path) (secrets.Value, error) { return v, nil })
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range env.Collections[k.Name].Objects {
				if made.Collections[k.Name].Object(d.Key.Name) == nil {
					t.Errorf("%s is live, and an export does not name it", d.Key)
				}
			}
		})
	}
}

// ownToken is what an example signs in with; here the sandbox's own will do.
var ownToken = regexp.MustCompile(`, token: !env \w+`)

// madeAndKept makes what no call shows, and asks that a second plan has nothing to do.
func madeAndKept(t *testing.T, site *sync.Site, plan *sync.EnvironmentPlan) {
	t.Helper()
	site.Env.Recipients = []string{schematest.Identity().Recipient().String()}
	if len(plan.Steps) != 1 || len(plan.Shut()) != 1 {
		t.Fatalf("the first one is made by %v, with gates %+v", brief(plan), plan.Gates)
	}
	plan = sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
	if report := sync.Apply(t.Context(), site, allowed(plan), silent); !report.Complete() {
		t.Fatalf("%+v %v", report.Steps, report.Errors)
	}
	again := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
	if !again.Empty() || len(again.Notes) > 0 {
		t.Errorf("the next plan has %v, %+v", brief(again), again.Notes)
	}
}

// fromVariable is a secret of an example.
var fromVariable = regexp.MustCompile(`!env (\w+)`)

// examples are a kind's example as a manifest and as what is live.
func examples(t *testing.T, k *schema.Kind) (env, seed *schema.Environment) {
	t.Helper()
	text := ownToken.ReplaceAll(schematest.ExampleOf(k), nil)
	env = loadExample(t, fromVariable.ReplaceAll(text, []byte("!env S_$1")), schema.SecretsSealed)
	live := fromVariable.ReplaceAllStringFunc(string(text), func(found string) string {
		return "!plain clear-" + strings.ToLower(strings.TrimPrefix(found, "!env "))
	})
	return env, loadExample(t, []byte(live), schema.SecretsPlain)
}

func loadExample(t *testing.T, text []byte, plain schema.Secrecy) *schema.Environment {
	t.Helper()
	loaded := schema.LoadText("example.yaml", text, plain)
	if err := loaded.Faults.Err(); err != nil {
		t.Fatal(err)
	}
	return loaded.Environments[0]
}
