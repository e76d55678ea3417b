package sync_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/sync"
)

var serverKey = schema.Key{Kind: "apiKey", Name: "server"}

// keyManifest names one API key that lives so long.
func keyManifest(life schema.Seconds) *schema.Environment {
	env := environment(&schema.Declared{Key: serverKey, Meta: schema.Object{}, Fields: schema.Object{"keyType": schema.Text("api_key"), "expireIn": life}})
	env.Recipients = []string{schematest.Identity().Recipient().String()}
	return env
}

func (w *world) applyKey(t *testing.T, env *schema.Environment, o sync.Options) *sync.Report {
	t.Helper()
	site := w.site(t, env)
	plan := sync.Build(site, w.read(t, site, o), o)
	if len(plan.Refusals) > 0 {
		t.Fatalf("refused: %+v", plan.Refusals)
	}
	return sync.Apply(t.Context(), site, allowed(plan), silent)
}

// Whatever becomes of a call, and however often: after a plain run, and one that
// rotates where a run has said so, there is one key, and its token is in the
// vault.
func TestNoKeyIsLeftBehind(t *testing.T) {
	const short, long = 90 * 86400, 180 * 86400
	starts := map[string]func(t *testing.T, w *world){
		"no key": func(*testing.T, *world) {},
		"a key of ours": func(t *testing.T, w *world) {
			if r := w.applyKey(t, keyManifest(short), sync.Options{}); !r.Complete() {
				t.Fatalf("%+v", r.Steps)
			}
		},
		"a key of somebody": func(t *testing.T, w *world) {
			if err := w.server.SeedAPIKey(envID, schema.Object{"Name": schema.Text("server"), "ExpireIn": schema.Number("7776000")}); err != nil {
				t.Fatal(err)
			}
		},
		"the limit": func(t *testing.T, w *world) {
			for _, name := range []string{"server", "a", "b", "c", "d"} {
				if err := w.server.SeedAPIKey(envID, schema.Object{"Name": schema.Text(name), "ExpireIn": schema.Number("7776000")}); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	for start, begin := range starts {
		for _, action := range []string{"CreateApiKey", "DeleteApiKey"} {
			for _, fault := range []string{"500", "timeout", "reset", "half", "lost"} {
				for times := 1; times <= 3; times++ {
					t.Run(fmt.Sprintf("%s/%s of %s, %d times", start, fault, action, times), func(t *testing.T) {
						t.Parallel()
						w := newWorld(t, transport.Options{Timeout: 300 * time.Millisecond})
						w.fresh(sandbox.Options{})
						begin(t, w)
						w.fault(t, fmt.Sprintf(`{"match": %q, "fault": %q, "times": %d}`, action, fault, times))
						env := keyManifest(long)
						env.Collections["apiKey"].Objects[0].Meta["overlap"] = schema.Seconds(0)
						for run := 0; ; run++ {
							if run > 2*times+2 {
								t.Fatal("it never comes to an end")
							}
							o := sync.Options{}
							if rotationIsAdvised(sync.Build(w.site(t, env), w.read(t, w.site(t, env), o), o)) {
								o.Rotate = []schema.Key{serverKey}
							}
							if r := w.applyKey(t, env, o); len(r.Steps) == 0 && r.Complete() {
								break
							}
						}
						w.oneKey(t, env)
					})
				}
			}
		}
	}
}

// rotationIsAdvised reports whether a plan says that a token is lost.
func rotationIsAdvised(plan *sync.EnvironmentPlan) bool {
	for _, n := range plan.Notes {
		if n.Code == sync.NoteToken && strings.Contains(n.Text, "authsync apply --rotate apiKey/server") {
			return true
		}
	}
	return false
}

// oneKey fails unless there is one key of the name, as the manifest wants it,
// and the vault holds its token and no note of a call.
func (w *world) oneKey(t *testing.T, env *schema.Environment) {
	t.Helper()
	site := w.site(t, env)
	if plan := sync.Build(site, w.read(t, site, sync.Options{}), sync.Options{}); !plan.Empty() || len(plan.Notes) > 0 {
		t.Errorf("left to do: %+v, %+v", plan.Changes, plan.Notes)
	}
	keys, _ := w.state(t)["apiKeys"].(schema.Object)
	var tokens []string
	for id, key := range keys {
		if key.(schema.Object).Text("Name") != serverKey.Name {
			continue
		}
		if token, _ := site.Vault.Entry(serverKey); token.ID != id {
			t.Errorf("the vault holds %q, and live has %s", token.ID, id)
		}
		tokens = append(tokens, key.(schema.Object).Text("ApiKey"))
	}
	if len(tokens) != 1 {
		t.Fatalf("live has %d keys of the name", len(tokens))
	}
	token, _ := site.Vault.Entry(serverKey)
	if clear, err := w.keys.Open(token.Value); err != nil || clear.Reveal() != tokens[0] {
		t.Errorf("the vault's token is not that of the key: %v", err)
	}
	if _, begun := site.Vault.Making(serverKey); begun {
		t.Error("the vault still waits for an answer")
	}
}

// What is said of a key that is replaced names the keys that go besides, and no others.
func TestWhatIsSaidOfAReplacedKey(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.fresh(sandbox.Options{})
	env := keyManifest(90 * 86400)
	if r := w.applyKey(t, env, sync.Options{}); !r.Complete() {
		t.Fatalf("%+v", r.Steps)
	}
	o := sync.Options{Rotate: []schema.Key{serverKey}}
	site := w.site(t, env)
	plan := sync.Build(site, w.read(t, site, o), o)
	told := slices.ContainsFunc(plan.Notes, func(n sync.Note) bool {
		return n.Code == sync.NoteReplace && strings.HasPrefix(n.Text, "replaced, since it was asked for") && !strings.Contains(n.Text, "whose token")
	})
	if !told {
		t.Errorf("%+v", plan.Notes)
	}
}
