package sync_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/sync"
)

// However what is not known of the service is, and however much of it is known
// to the run: what the manifest does not name
// survives, no mask is written, and what is said to be as wanted is. A run may
// refuse, and may tell that the service did something else; it may not be wrong
// without a word.
func TestApplyingUnderAnyReading(t *testing.T) {
	w, told := newWorld(t, transport.Options{}), newWorld(t, transport.Options{})
	var count struct{ all, refused, otherwise, wanted int }
	rapid.Check(t, func(t *rapid.T) {
		quirks := schematest.Quirks(t, schema.CloudBase)
		w.fresh(sandbox.Options{Quirks: quirks})
		w.live(t, nil)
		w.accompanied(t)
		before := w.state(t)
		env := w.desired(t, before)
		env.Quirks = knownOf(t, env, quirks)
		site := w.site(t, env)
		plan := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{})
		count.all++
		if len(plan.Refusals) > 0 || len(plan.Errors) > 0 {
			count.refused++
			if writes := w.writes(t); len(writes) > 0 {
				t.Fatalf("%v: a plan wrote: %v", quirks, writes)
			}
			return
		}
		report := sync.Apply(t.Context(), site, allowed(plan), silent)
		after := w.state(t)
		untouched(t, env, plan, shownOf(before, quirks), shownOf(after, quirks))
		if !asWanted(report) {
			count.otherwise++
			return
		}
		count.wanted++
		if again := sync.Build(site, sync.Read(t.Context(), site, sync.Options{}), sync.Options{}); !again.Empty() {
			t.Fatalf("%v: the next plan is not empty: %+v %+v %+v", quirks, again.Changes, again.Refusals, again.Errors)
		}
		told.holding(t, after, quirks)
		shown := told.site(t, env)
		truth := sync.Build(shown, sync.Read(t.Context(), shown, sync.Options{}), sync.Options{})
		for _, c := range truth.Changes {
			for _, f := range c.Fields {
				if c.Action != diff.Update || !leftUncompared(plan, c.Key, f.Path) {
					t.Fatalf("%v: it is said to be as wanted, and is not: %+v", quirks, c)
				}
			}
		}
	})
	t.Logf("%+v", count)
	if enough() && count.wanted*4 < count.all {
		t.Errorf("too little was applied: %+v", count)
	}
}

// knownOf draws what is known of the service, which is so.
func knownOf(t *rapid.T, env *schema.Environment, quirks quirk.Set) schema.Quirks {
	known := schema.Findings{}
	for _, q := range quirk.All() {
		for _, value := range q.Values() {
			if q.System == schema.CloudBase && quirks.Played(q.Name, value) && rapid.Bool().Draw(t, string(q.Name)+" is known") {
				known[q.Name] = schema.Finding{Value: value}
			}
		}
	}
	return schema.Quirks{schema.CloudBase: {env.Address(schema.CloudBase): known}}
}

// accompanied takes out of what is live each secret whose companion is not set,
// such as a clientSecret without a clientId: no provider works with one, and
// where secrets are shown as empty nobody can tell that it is there.
func (w *world) accompanied(t fataler) {
	state := w.state(t)
	for _, k := range schema.Kinds {
		for _, name := range names[k.Name] {
			if wire := held(state, schema.Key{Kind: k.Name, Name: name}); wire != nil {
				w.seed(t, k, name, accompanied(k.Type, wire))
			}
		}
	}
}

func accompanied(typ schema.Struct, wire schema.Object) schema.Object {
	kept := wire.Clone()
	for _, f := range typ.Fields {
		name := typ.WireName(f.Name)
		switch inner := f.Type.(type) {
		case schema.Struct:
			if under, ok := wire[name].(schema.Object); ok {
				kept[name] = accompanied(inner, under)
			}
		case schema.Sealed:
			if inner.With != "" && schema.IsUnset(wire[typ.WireName(inner.With)]) {
				delete(kept, name)
			}
		}
	}
	return kept
}

// shownParts are what the service shows of a login configuration's parts that
// nobody has set, where it shows them: sent back, they are the same.
var shownParts = schema.Object{
	"MfaConfig":         schema.Object{"On": schema.Text("FALSE"), "Sms": schema.Text("FALSE"), "Email": schema.Text("FALSE"), "RequiredBindPhone": schema.Text("FALSE")},
	"PwdUpdateStrategy": schema.Object{"FirstLoginUpdate": schema.Bool(false), "PeriodUpdate": schema.Bool(false)},
}

// shownOf is a state with the parts that nobody has set, where they are shown.
func shownOf(state schema.Object, quirks quirk.Set) schema.Object {
	if quirks.Played(quirk.LoginParts, quirk.Shown) {
		return schema.Overlay(schema.Object{schema.Login.Collection: shownParts}, state)
	}
	return state
}

// asWanted reports whether a run says that all is as the manifest wants it.
func asWanted(report *sync.Report) bool {
	for _, b := range report.ReadBack {
		if b.Status != sync.AsWanted {
			return false
		}
	}
	return report.Complete()
}

// leftUncompared reports whether a plan told that it did not compare a field, and sent
// it with no step.
func leftUncompared(plan *sync.EnvironmentPlan, key schema.Key, path schema.Path) bool {
	sent := slices.ContainsFunc(plan.Steps, func(s sync.Step) bool { return s.Key == key && slices.Contains(s.Fields, path[0]) })
	return !sent && slices.ContainsFunc(plan.Uncompared, func(u sync.Uncompared) bool { return u.Key == key && slices.Equal(u.Path, path) })
}

// meanings are the quirks by which what is unset means what is said.
var meanings = []quirk.Name{quirk.ProviderFlags, quirk.LoginParts}

// holding makes the world hold what another one holds, and show all of it.
func (w *world) holding(t fataler, state schema.Object, quirks quirk.Set) {
	same := maps.Clone(quirks)
	maps.DeleteFunc(same, func(name quirk.Name, _ quirk.Value) bool { return !slices.Contains(meanings, name) })
	w.fresh(sandbox.Options{Quirks: same})
	for _, k := range schema.Kinds {
		all := names[k.Name]
		if k.Arity == schema.Many {
			all = append([]string{bystander, "allnames"}, all...)
		}
		for _, name := range all {
			if wire := held(state, schema.Key{Kind: k.Name, Name: name}); wire != nil && drawn(k) {
				w.seed(t, k, name, wire)
			}
		}
	}
}
