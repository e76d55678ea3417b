package sync_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

const day = 24 * 3600

// keyWorld is a world whose clock the test sets, with one key in it, and a plan
// or an apply of a manifest at that time.
type keyWorld struct {
	*world
	now time.Time
}

func newKeyWorld(t *testing.T) *keyWorld {
	w := &keyWorld{newWorld(t, transport.Options{Timeout: 300 * time.Millisecond}), time.Now().Truncate(time.Second)}
	w.fresh(sandbox.Options{Now: func() time.Time { return w.now }})
	return w
}

func (w *keyWorld) plan(t *testing.T, env *schema.Environment, o sync.Options) *sync.EnvironmentPlan {
	t.Helper()
	o.Now = w.now
	site := w.site(t, env)
	return sync.Build(site, w.read(t, site, o), o)
}

func (w *keyWorld) apply(t *testing.T, env *schema.Environment, o sync.Options) {
	t.Helper()
	o.Now = w.now
	if r := w.applyKey(t, env, o); !r.Complete() {
		t.Fatalf("%+v", r.Steps)
	}
}

func (w *keyWorld) drift(t *testing.T, env *schema.Environment) *sync.Drifted {
	t.Helper()
	o := sync.Options{Now: w.now}
	site := w.site(t, env)
	return sync.Drift(site, sync.ReadDrift(t.Context(), site, o), o)
}

// live are the ids of the keys that there are.
func (w *keyWorld) live(t *testing.T) []string {
	t.Helper()
	keys, _ := w.state(t)["apiKeys"].(schema.Object)
	return keys.Names()
}

func calls(p *sync.EnvironmentPlan) string {
	var texts []string
	for _, s := range p.Steps {
		texts = append(texts, s.Call.String())
	}
	return strings.Join(texts, " ")
}

// A key that ends soon is replaced, and lives on for as long as it is said, at
// most until it ends. Then it goes, without a gate.
func TestAnOverlapHasItsTime(t *testing.T) {
	asked := schema.Seconds(5 * day)
	tests := []struct {
		name    string
		meta    schema.Object
		overlap *schema.Seconds
		lasts   time.Duration
	}{
		{"as usual", schema.Object{"rotateBefore": schema.Seconds(14 * day)}, nil, day * time.Second},
		{"as the manifest says", schema.Object{"rotateBefore": schema.Seconds(14 * day), "overlap": schema.Seconds(3600)}, nil, time.Hour},
		{"as the run says", schema.Object{"rotateBefore": schema.Seconds(14 * day), "overlap": schema.Seconds(3600)}, &asked, 5 * day * time.Second},
		{"until its end", schema.Object{"rotateBefore": schema.Seconds(14 * day), "overlap": schema.Seconds(30 * day)}, nil, 13 * day * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newKeyWorld(t)
			env := keyManifest(90 * day)
			// An apply notes times by this machine's clock: the key was made before it.
			start := w.now
			w.now = start.Add(-77 * day * time.Second)
			w.apply(t, env, sync.Options{})
			w.now = start
			env.Collections["apiKey"].Objects[0].Meta = test.meta

			plan := w.plan(t, env, sync.Options{Overlap: test.overlap})
			if got := calls(plan); got != "CreateApiKey" || len(plan.Gates) > 0 {
				t.Fatalf("planned: %s, %+v", got, plan.Gates)
			}
			w.apply(t, env, sync.Options{Overlap: test.overlap})
			if n := len(w.live(t)); n != 2 {
				t.Fatalf("%d keys are live", n)
			}
			w.now = start.Add(test.lasts - time.Minute)
			if plan := w.plan(t, env, sync.Options{Unmanaged: sync.DeleteUnmanaged}); !plan.Empty() || len(plan.Overlaps) != 1 || plan.Overlaps[0].Overdue || len(plan.Unmanaged) > 0 {
				t.Errorf("before its time: %+v, %+v", plan.Changes, plan.Overlaps)
			}
			if d := w.drift(t, env); len(d.Moves)+len(d.Notes) > 0 || len(d.Overlaps) != 1 {
				t.Errorf("before its time: %+v, %+v, %+v", d.Moves, d.Notes, d.Overlaps)
			}
			finish := sync.Options{Finish: []schema.Key{serverKey}, Targets: []schema.Key{serverKey}}
			if plan := w.plan(t, env, finish); calls(plan) != "DeleteApiKey" || len(plan.Gates) > 0 {
				t.Errorf("ended by hand: %s, %+v", calls(plan), plan.Gates)
			}
			w.now = start.Add(test.lasts + time.Minute)
			if d := w.drift(t, env); len(d.Moves) > 0 || len(d.Overlaps) != 1 || !d.Overlaps[0].Overdue {
				t.Errorf("after its time: %+v, %+v", d.Moves, d.Overlaps)
			}
			if plan := w.plan(t, env, sync.Options{}); calls(plan) != "DeleteApiKey" || len(plan.Gates) > 0 {
				t.Errorf("after its time: %s, %+v", calls(plan), plan.Gates)
			}
			w.apply(t, env, sync.Options{})
			w.oneKey(t, env)
		})
	}
}

// What took the place of a key is deleted by hand while the old one lives on: the
// old one is not taken for it, and goes at its time all the same.
func TestAnOverlapOutlivesTheNewKey(t *testing.T) {
	w := newKeyWorld(t)
	env := keyManifest(90 * day)
	w.apply(t, env, sync.Options{})
	old := w.live(t)[0]
	w.apply(t, env, sync.Options{Rotate: []schema.Key{serverKey}})
	token, _ := w.site(t, env).Vault.Entry(serverKey)
	w.delete(t, token.ID)
	if plan := w.plan(t, env, sync.Options{}); calls(plan) != "CreateApiKey" || len(plan.Overlaps) != 1 || plan.Overlaps[0].ID != old {
		t.Fatalf("%s, %+v", calls(plan), plan.Overlaps)
	}
	w.apply(t, env, sync.Options{})
	if token, _ := w.site(t, env).Vault.Entry(serverKey); len(token.Former) != 1 || token.Former[0].ID != old {
		t.Errorf("the vault forgot the old one: %+v", token)
	}
	w.now = w.now.Add(25 * time.Hour)
	w.apply(t, env, sync.Options{})
	w.oneKey(t, env)
}

// A key that was made elsewhere is kept too: somebody uses it, though its token
// is not here. One that git no longer names is deleted at its time.
func TestAnOverlapOfAStranger(t *testing.T) {
	w := newKeyWorld(t)
	if err := w.server.SeedAPIKey(envID, schema.Object{"Name": schema.Text("server"), "ExpireIn": schema.Number("7776000")}); err != nil {
		t.Fatal(err)
	}
	env := keyManifest(90 * day)
	w.apply(t, env, sync.Options{Rotate: []schema.Key{serverKey}})
	token, _ := w.site(t, env).Vault.Entry(serverKey)
	if len(token.Former) != 1 || !token.Former[0].Value.IsZero() {
		t.Fatalf("%+v", token)
	}
	env.Collections["apiKey"].Objects = nil
	w.delete(t, token.ID)
	if plan := w.plan(t, env, sync.Options{}); !plan.Empty() || len(plan.Overlaps) != 1 || len(plan.Unmanaged) > 0 {
		t.Errorf("%s, %+v", calls(plan), plan.Overlaps)
	}
	w.apply(t, env, sync.Options{})
	w.now = w.now.Add(25 * time.Hour)
	w.apply(t, env, sync.Options{})
	if left := w.live(t); len(left) > 0 {
		t.Errorf("left: %s", left)
	}
	if keys := w.site(t, env).Vault.Keys(); len(keys) > 0 {
		t.Errorf("the vault still has %s", keys)
	}
}

// delete takes a key away as somebody at the console would.
func (w *keyWorld) delete(t *testing.T, id string) {
	t.Helper()
	site := w.site(t, keyManifest(90*day))
	service := site.Services[serverKey.Kind]
	for _, call := range service.Describe(sync.OpDelete, sync.Target{Name: serverKey.Name, ID: id}, nil) {
		if _, err := service.Make(t.Context(), call, w.keys.Open); err != nil {
			t.Fatal(err)
		}
	}
}

// Whatever becomes of a call while an old key lives on: in the end there is one
// key, and its token is in the vault.
func TestNoKeyIsLeftBehindByAnOverlap(t *testing.T) {
	for _, action := range []string{"CreateApiKey", "DeleteApiKey"} {
		for _, fault := range []string{"500", "reset", "half", "lost"} {
			t.Run(fault+" of "+action, func(t *testing.T) {
				t.Parallel()
				w := newKeyWorld(t)
				w.apply(t, keyManifest(90*day), sync.Options{})
				env := keyManifest(180 * day)
				w.fault(t, fmt.Sprintf(`{"match": %q, "fault": %q, "times": 2}`, action, fault))
				for run := 0; ; run++ {
					if run > 10 {
						t.Fatal("it never comes to an end")
					}
					o := sync.Options{Now: w.now}
					if rotationIsAdvised(w.plan(t, env, o)) {
						o.Rotate = []schema.Key{serverKey}
					}
					if r := w.applyKey(t, env, o); len(r.Steps) == 0 && r.Complete() && run > 2 {
						break
					}
					w.now = w.now.Add(9 * time.Hour)
				}
				w.now = w.now.Add(25 * time.Hour)
				w.apply(t, env, sync.Options{})
				w.oneKey(t, env)
			})
		}
	}
}

// Where the new key ends soon too, and there is no room, the overlap can still be
// ended: that makes no other key.
func TestAnOverlapEndsThoughTheNewKeyDoes(t *testing.T) {
	w := newKeyWorld(t)
	for _, name := range []string{"a", "b", "c"} {
		if err := w.server.SeedAPIKey(envID, schema.Object{"Name": schema.Text(name)}); err != nil {
			t.Fatal(err)
		}
	}
	env := keyManifest(90 * day)
	w.apply(t, env, sync.Options{})
	w.apply(t, env, sync.Options{Rotate: []schema.Key{serverKey}})
	env.Collections["apiKey"].Objects[0].Meta["rotateBefore"] = schema.Seconds(89 * day)
	w.now = w.now.Add(23 * time.Hour)
	for _, when := range []string{"before its time", "after it"} {
		plan := w.plan(t, env, sync.Options{Finish: []schema.Key{serverKey}, Targets: []schema.Key{serverKey}})
		if calls(plan) != "DeleteApiKey" || len(plan.Refusals) > 0 {
			t.Errorf("%s: %s, %+v", when, calls(plan), plan.Refusals)
		}
		w.now = w.now.Add(2 * time.Hour)
	}
	if plan := w.plan(t, env, sync.Options{}); len(plan.Refusals) != 1 {
		t.Errorf("two keys of one name and three others leave room: %s, %+v", calls(plan), plan.Refusals)
	}
}
