package sync_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

func silent(sync.Event) {}

// For any manifest and any live state: what a plan says is done, reads back as
// wanted and leaves nothing to do, and nothing else has changed.
func TestApplyingMakesItSo(t *testing.T) {
	for name, options := range manners {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, transport.Options{})
			var count struct{ all, refused, steps, empty int }
			rapid.Check(t, func(t *rapid.T) {
				w.fresh(options)
				w.live(t, nil)
				before := w.state(t)
				env := w.desired(t, before)
				site := w.site(t, env)
				o := sync.Options{}
				if rapid.Bool().Draw(t, "prune") {
					o.Unmanaged = sync.DeleteUnmanaged
				}
				plan := sync.Build(site, sync.Read(t.Context(), site, o), o)
				count.all++
				if len(plan.Refusals) > 0 {
					count.refused++
					return
				}
				if plan.Empty() {
					count.empty++
				}
				count.steps += len(plan.Steps)
				report := sync.Apply(t.Context(), site, allowed(plan), silent)
				complete(t, report)
				if got := len(w.writes(t)); got != len(plan.Steps) {
					t.Fatalf("%d writes for %d steps", got, len(plan.Steps))
				}
				untouched(t, env, plan, before, w.state(t))
				again := sync.Build(site, sync.Read(t.Context(), site, o), o)
				if !again.Empty() {
					t.Fatalf("the next plan is not empty: %+v %+v %+v", again.Changes, again.Refusals, again.Errors)
				}
			})
			t.Logf("%+v", count)
			if enough() && (count.refused*3 > count.all*2 || count.steps == 0 || count.empty == count.all) {
				t.Errorf("too little was applied: %+v", count)
			}
		})
	}
}

func complete(t *rapid.T, report *sync.Report) {
	t.Helper()
	if !report.Complete() {
		for _, s := range report.Steps {
			if s.Err != nil {
				t.Fatalf("step %d, %s: %s: %v", s.Step.Number, s.Step.Call, s.Outcome, s.Err)
			}
		}
		t.Fatalf("not complete: %v", report.Errors)
	}
	for _, b := range report.ReadBack {
		if b.Status != sync.AsWanted {
			t.Fatalf("%s: %s: %+v", b.Key, b.Status, b.Fields)
		}
	}
}

// untouched holds the state after an apply against the one before.
func untouched(t *rapid.T, env *schema.Environment, plan *sync.EnvironmentPlan, before, after schema.Object) {
	t.Helper()
	for _, k := range schema.Kinds {
		c := env.Collections[k.Name]
		all := names[k.Name]
		if k.Arity == schema.Many {
			all = append([]string{bystander, "allnames"}, all...)
		}
		for _, name := range all {
			key := schema.Key{Kind: k.Name, Name: name}
			was, is := held(before, key), held(after, key)
			if c != nil && c.Object(name) != nil {
				if stray := strayed(k, c.Object(name).Fields, was, is); len(stray) > 0 {
					t.Fatalf("%s: changed, and not by the manifest: %s", key, strings.Join(stray, "; "))
				}
				unmasked(t, k.Type, is, key.String())
				continue
			}
			if deleted := is == nil && was != nil && planned(plan, key, sync.OpDelete); !deleted && !schema.Same(was, is) {
				t.Fatalf("%s is not in the manifest and has changed", key)
			}
		}
	}
}

func planned(plan *sync.EnvironmentPlan, key schema.Key, op sync.Op) bool {
	for _, s := range plan.Steps {
		if s.Key == key && s.Op == op {
			return true
		}
	}
	return false
}

// unmasked fails if a mask stands where a secret should.
func unmasked(t *rapid.T, typ schema.Struct, wire schema.Object, at string) {
	t.Helper()
	for _, f := range typ.Fields {
		switch inner := f.Type.(type) {
		case schema.Struct:
			under, _ := wire[typ.WireName(f.Name)].(schema.Object)
			unmasked(t, inner, under, at+"."+f.Name)
		case schema.Sealed:
			if strings.Contains(wire.Text(typ.WireName(f.Name)), "*") {
				t.Fatalf("%s.%s: a mask was written back", at, f.Name)
			}
		}
	}
}
