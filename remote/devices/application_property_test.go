package devices_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// For any applications in a manifest and any that are live: what a plan says is
// done, leaves nothing to do, and changes no field and no application besides,
// not even those that are never shown.
func TestApplicationsConverge(t *testing.T) {
	f := platform(t, sandbox.Options{})
	wire := schematest.Shape{Top: []string{"shared"}, Nested: []string{"zone"}}
	manifest := schematest.Shape{Top: []string{"shared"}, Nested: []string{"zone"}, Clearing: schematest.SomeNull, Secret: func(*rapid.T, schema.Path) secrets.Value {
		return secrets.Env("KEY")
	}}
	count := struct{ steps, refused, all int }{}
	rapid.Check(t, func(t *rapid.T) {
		f.Server = sandbox.New(sandbox.Options{})
		os.Remove(sync.LockFile(f.File))
		site := f.Site("applications: {}")
		f.live("allnames", `}, "shared": {"a": 1`)
		c := &schema.Collection{Kind: &schema.Application}
		for _, id := range []string{"a1", "b2"} {
			if rapid.Bool().Draw(t, "live "+id) {
				app := wire.Wire(t, &schema.Application, id, schema.Application.Update.OnCreate...)
				if server, ok := app["apiServer"].(schema.Object); ok {
					server["appId"] = schema.Text(id)
				}
				app["id"] = schema.Text(id)
				if err := f.Server.SeedApplication(iotHost, app); err != nil {
					t.Skip("no live application is like this")
				}
			}
			if !rapid.Bool().Draw(t, "manifest "+id) {
				continue
			}
			fields := manifest.Fields(t, &schema.Application, id, schema.Application.Update.OnCreate...)
			if server, ok := fields["apiServer"].(schema.Object); ok {
				server["roleIdList"] = amongThose(t, id+" roles", f.ids("roles"))
				if server["orgIdList"] != nil {
					server["orgIdList"] = amongThose(t, id+" organisations", f.ids("organizations"))
				}
			}
			if strings.Contains(schema.Show(fields), "***") {
				t.Skip("a mask in the manifest: read back, it is taken for one")
			}
			c.Objects = append(c.Objects, &schema.Declared{Key: schema.Key{Kind: "application", Name: id}, Fields: fields})
		}
		site.Env.Collections["application"] = c
		before := f.State("devices", iotHost, "applications")
		o := sync.Options{Gone: sync.BelieveGone} // the lock is older than the applications
		if rapid.Bool().Draw(t, "prune") {
			o.Unmanaged = sync.DeleteUnmanaged
		}
		plan := f.Plan(site, o)
		count.all++
		if len(plan.Refusals) > 0 {
			count.refused++
			return
		}
		report := sync.Apply(f.Context(), site, officetest.Allowed(plan), func(sync.Event) {})
		for _, s := range report.Steps {
			if s.Err != nil {
				if transport.IsExists(s.Err) || strings.Contains(s.Err.Error(), "illegal_argument") {
					t.Skip("the platform objects")
				}
				t.Fatalf("step %d, %s: %v", s.Step.Number, s.Step.Call, s.Err)
			}
		}
		for _, b := range report.ReadBack {
			if b.Status != sync.AsWanted {
				t.Fatalf("%s: %s: %+v", b.Key, b.Status, b.Fields)
			}
		}
		if again := f.Planned(site, o); !again.Empty() {
			t.Fatalf("the second plan is not empty: %+v", again.Changes)
		}
		count.steps += len(plan.Steps)
		after := f.State("devices", iotHost, "applications")
		for _, id := range before.Names() {
			was, is := before[id].(schema.Object), after.At(id)
			d := c.Object(id)
			switch {
			case d == nil && o.Unmanaged == sync.DeleteUnmanaged:
				if is != nil {
					t.Fatalf("%s was not deleted", id)
				}
			case d == nil:
				if !schema.Same(was, is) {
					t.Fatalf("%s is not in the manifest and has changed", id)
				}
			default:
				unmanaged(t, id, was, is.(schema.Object), schema.Application.ToWire(d.Fields))
			}
		}
	})
	t.Logf("%+v", count)
	if count.steps == 0 || count.refused*3 > count.all*2 {
		t.Errorf("too little was applied: %+v", count)
	}
}

// ids are those of a shelf of the platform.
func (f *office) ids(shelf string) []string { return f.State("devices", iotHost, shelf).Names() }

func amongThose(t *rapid.T, label string, ids []string) schema.Set {
	set := schema.Set{}
	for _, id := range ids {
		if rapid.Bool().Draw(t, label+" "+id) {
			set = append(set, schema.Text(id))
		}
	}
	return set
}

// unmanaged fails if a field has changed that the manifest does not name.
// Sets are sent in any order.
func unmanaged(t *rapid.T, at string, was, is, desired schema.Object) {
	for name, value := range was {
		want, managed := desired[name]
		inner, isObject := value.(schema.Object)
		wants, wantsObject := want.(schema.Object)
		now, nowObject := is[name].(schema.Object)
		list, isList := value.(schema.List)
		nowList, _ := is[name].(schema.List)
		switch {
		case isObject && nowObject && (wantsObject || !managed):
			unmanaged(t, at+"."+name, inner, now, wants)
		case managed:
		case isList && len(list) == len(nowList) && !slices.ContainsFunc(list, func(v schema.Value) bool {
			return !slices.ContainsFunc(nowList, func(w schema.Value) bool { return schema.Same(v, w) })
		}):
		case schema.IsUnset(value) && schema.IsUnset(is[name]):
		case !schema.Same(value, is[name]):
			t.Fatalf("%s.%s has changed, and not by the manifest: %s -> %s", at, name, schema.Show(value), schema.Show(is[name]))
		}
	}
}
