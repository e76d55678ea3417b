package sync_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/sync"
)

// drawnDomains are few, so that they meet; some are others in another spelling.
var drawnDomains = rapid.SampledFrom([]string{"a.example.com", "A.Example.com", "b.example.com", "*.b.example.com", "localhost:3000", "localhost", "a.example.com."})

func (w *world) domainsOf(t fataler) (all []schema.Object) {
	held, _ := w.state(t)["authDomains"].(schema.Object)
	for _, id := range held.Names() {
		all = append(all, held[id].(schema.Object))
	}
	return all
}

// keysOf are the ids of the custom login keys that have no end.
func (w *world) keysOf(t fataler) (ids []string) {
	held, _ := w.state(t)["customLoginKey"].(schema.Object)
	for _, id := range held.Names() {
		if held.At(id, "ExpireTime") == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// For any domains that are live and any in a manifest, with a login key or without one,
// under each reading of what is not known: what is said to be as wanted is so and leaves
// nothing to do, with the lock and, but for the key, without it; what git does not name
// survives, the platform's own ones always.
func TestDomainsAndLoginKeysConverge(t *testing.T) {
	w := newWorld(t, transport.Options{})
	var count struct{ all, refused, otherwise, steps, keys int }
	rapid.Check(t, func(t *rapid.T) {
		quirks := schematest.Quirks(t, schema.CloudBase)
		w.fresh(sandbox.Options{Quirks: quirks})
		w.known(t)
		for _, name := range rapid.SliceOfNDistinct(drawnDomains, 0, 4, rapid.ID).Draw(t, "live") {
			status := rapid.SampledFrom([]schema.Text{"ENABLE", "DISABLE"}).Draw(t, "status of "+name)
			w.domain(t, schema.Object{"Domain": schema.Text(name), "Status": status})
		}
		made := rapid.Bool().Draw(t, "a key of somebody's")
		if made {
			if err := w.server.SeedCustomLoginKey(envID); err != nil {
				t.Fatal(err)
			}
		}
		env := environment()
		env.Recipients = []string{schematest.Identity().Recipient().String()}
		env.Collections["authDomain"] = &schema.Collection{Kind: &schema.AuthDomain}
		for _, name := range slices.Sorted(slices.Values(rapid.SliceOfNDistinct(drawnDomains, 0, 3, schema.AuthDomain.Canonical).Draw(t, "manifest"))) {
			d := &schema.Declared{Key: schema.Key{Kind: "authDomain", Name: name}, Fields: schema.Object{}}
			env.Collections["authDomain"].Objects = append(env.Collections["authDomain"].Objects, d)
		}
		keyed := rapid.Bool().Draw(t, "a key of git's")
		if keyed {
			d := &schema.Declared{Key: schema.Key{Kind: "customLoginKey"}, Fields: schema.Object{}}
			env.Collections["customLoginKey"] = &schema.Collection{Kind: &schema.CustomLoginKey, Objects: []*schema.Declared{d}}
		}
		o := sync.Options{}
		if rapid.Bool().Draw(t, "prune") {
			o.Unmanaged = sync.DeleteUnmanaged
		}
		before, keys := w.domainsOf(t), w.keysOf(t)
		site := w.site(t, env)
		plan := sync.Build(site, sync.Read(t.Context(), site, o), o)
		count.all++
		if len(plan.Refusals)+len(plan.Errors) > 0 {
			count.refused++
			return
		}
		if keyed && !slices.ContainsFunc(plan.Gates, func(g sync.Gate) bool { return g.Name == sync.GateLockout }) {
			t.Fatalf("a first key is made without a gate: %+v", plan.Gates)
		}
		report := sync.Apply(t.Context(), site, allowed(plan), silent)
		count.steps += len(report.Steps)
		after := w.domainsOf(t)
		survive(t, env, o, before, after)
		if now := w.keysOf(t); !keyed && !slices.Equal(now, keys) || keyed && len(now) != 1 {
			t.Fatalf("the keys without an end: %v, and before %v", now, keys)
		}
		unseen := slices.ContainsFunc(report.ReadBack, func(b sync.ReadBack) bool { return b.Key.Kind == "authDomain" && b.Status != sync.AsWanted })
		if !report.Complete() || unseen {
			count.otherwise++
			if quirks[quirk.DomainPort] == "" || quirks[quirk.DomainPort] == quirk.Kept {
				t.Fatalf("%v: not as wanted: %+v %v", quirks, report.Steps, report.Errors)
			}
			return
		}
		for _, d := range env.Collections["authDomain"].Objects {
			if !slices.ContainsFunc(after, func(o schema.Object) bool {
				return schema.AuthDomain.Canonical(o.Text("Domain")) == schema.AuthDomain.Canonical(d.Key.Name)
			}) {
				t.Fatalf("%v: %s is said to be there: %v", quirks, d.Key, after)
			}
		}
		if keyed {
			count.keys++
			if kept, _ := site.Vault.Entry(schema.Key{Kind: "customLoginKey"}); !slices.Equal(w.keysOf(t), []string{kept.ID}) {
				t.Fatalf("the vault has %q, and %v lives", kept.ID, w.keysOf(t))
			}
		}
		if again := sync.Build(site, sync.Read(t.Context(), site, o), o); !again.Empty() {
			t.Fatalf("%v: the next plan is not empty: %+v %+v", quirks, again.Changes, again.Refusals)
		}
		delete(env.Collections, "customLoginKey")
		w.runs++ // another lock
		bare := w.site(t, env)
		if again := sync.Build(bare, sync.Read(t.Context(), bare, o), o); !again.Empty() {
			t.Fatalf("%v: without the lock the plan is not empty: %+v %+v", quirks, again.Changes, again.Refusals)
		}
	})
	t.Logf("%+v", count)
	if enough() && (count.steps == 0 || count.keys == 0 || count.refused*3 > count.all) {
		t.Errorf("too little was applied: %+v", count)
	}
}

// survive holds that each domain that git does not name is as it was, unless it was to
// be pruned.
func survive(t *rapid.T, env *schema.Environment, o sync.Options, before, after []schema.Object) {
	t.Helper()
	for _, was := range before {
		named := slices.ContainsFunc(env.Collections["authDomain"].Objects, func(d *schema.Declared) bool {
			return schema.AuthDomain.Canonical(d.Key.Name) == strings.TrimSuffix(strings.ToLower(was.Text("Domain")), ".")
		})
		if may := o.Unmanaged == sync.DeleteUnmanaged && was.Text("Type") == "USER"; may && !named {
			continue
		}
		stands := slices.ContainsFunc(after, func(is schema.Object) bool { return schema.Same(is, was) })
		if spelled := named && o.Unmanaged == sync.DeleteUnmanaged; !stands && !spelled {
			t.Fatalf("%s is gone: %v", was.Text("Domain"), after)
		}
	}
}

// known makes the environment one that the sandbox has.
func (w *world) known(t fataler) {
	t.Helper()
	if err := w.server.SeedLogin(envID, schema.Object{}); err != nil {
		t.Fatal(err)
	}
}
