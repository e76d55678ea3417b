package devices_test

import (
	"cmp"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// For any applications in a manifest and any that are live, those whose ids the
// platform chooses among them: what a plan says is done, leaves nothing to do, with
// and without the lock, and changes no field and no application besides, not even
// those that are never shown.
func TestApplicationsConverge(t *testing.T) {
	f := platform(t, sandbox.Options{})
	wire := schematest.Shape{Top: []string{"shared"}, Nested: []string{"zone"}}
	manifest := schematest.Shape{Top: []string{"shared"}, Nested: []string{"zone"}, Clearing: schematest.SomeNull, Secret: func(*rapid.T, schema.Path) secrets.Value {
		return secrets.Env("KEY")
	}}
	count := struct{ steps, refused, named, all int }{}
	draws := func(t *rapid.T) {
		f.Server = sandbox.New(sandbox.Options{})
		os.Remove(sync.LockFile(f.File))
		site := f.Site("applications: {}")
		f.live("allnames", `}, "shared": {"a": 1`)
		c := &schema.Collection{Kind: &schema.Application}
		for _, slot := range []string{"a1", "b2"} {
			var live schema.Object
			if rapid.Bool().Draw(t, "live "+slot) {
				live = liveApplication(t, wire, slot)
				if err := f.Server.SeedApplication(iotHost, live); err != nil {
					t.Skip("no live application is like this")
				}
			}
			if rapid.Bool().Draw(t, "manifest "+slot) {
				c.Objects = append(c.Objects, f.wantedApplication(t, manifest, slot, live))
			}
		}
		site.Env.Collections["application"] = c
		before := f.State("devices", iotHost, "applications")
		o := sync.Options{Gone: sync.BelieveGone} // the lock is older than the applications
		if rapid.Bool().Draw(t, "prune") {
			o.Unmanaged = sync.DeleteUnmanaged
		}
		read := sync.Read(f.Context(), site, o)
		plan := sync.Build(site, read, o)
		count.all++
		if len(plan.Refusals) > 0 || len(plan.Errors) > 0 {
			count.refused++
			return
		}
		names := map[string]string{} // of what was live, in the plan, by id
		for name, live := range read.Live["application"] {
			names[cmp.Or(live.ID, name)] = name
		}
		f.applied(t, site, plan)
		if again := f.Planned(site, o); !again.Empty() {
			t.Fatalf("the second plan is not empty: %+v", again.Changes)
		}
		f.withoutLock(t, c, o)
		count.steps += len(plan.Steps)
		after := f.State("devices", iotHost, "applications")
		for _, id := range before.Names() {
			was, is := before[id].(schema.Object), after.At(id)
			d := c.Object(names[id])
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
				if names[id] != id {
					count.named++
				}
				unmanaged(t, id, was, is.(schema.Object), schema.Application.ToWire(d.Fields))
			}
		}
	}
	// Few draws, as with -short, may not meet what is rare.
	for rounds := 0; rounds == 0 || count.named == 0 && rounds < 20; rounds++ {
		rapid.Check(t, draws)
	}
	t.Logf("%+v", count)
	if count.steps == 0 || count.named == 0 || count.refused*3 > count.all*2 {
		t.Errorf("too little was applied: %+v", count)
	}
}

// However what is not known of the platform is: what the manifest does not name
// survives, and what is said to be as wanted leaves nothing to do. A run may
// refuse, fail, and tell that the platform did something else; it may not be wrong
// without a word.
func TestApplicationsUnderAnyReading(t *testing.T) {
	f := platform(t, sandbox.Options{})
	wire := schematest.Shape{Top: []string{"shared"}, Nested: []string{"zone"}}
	manifest := schematest.Shape{Top: []string{"shared"}, Nested: []string{"zone"}, Secret: func(*rapid.T, schema.Path) secrets.Value {
		return secrets.Env("KEY")
	}}
	count := struct{ wanted, refused, otherwise, all int }{}
	rapid.Check(t, func(t *rapid.T) {
		f.Server = sandbox.New(sandbox.Options{Quirks: schematest.Quirks(t, schema.Devices)})
		os.Remove(sync.LockFile(f.File))
		site := f.Site("applications: {}")
		f.live("allnames", `}, "shared": {"a": 1`)
		c := &schema.Collection{Kind: &schema.Application}
		for _, slot := range []string{"a1", "b2"} {
			live := liveApplication(t, wire, slot)
			if err := f.Server.SeedApplication(iotHost, live); err != nil {
				t.Skip("no live application is like this")
			}
			if rapid.Bool().Draw(t, "manifest "+slot) {
				c.Objects = append(c.Objects, f.wantedApplication(t, manifest, slot, live))
			}
		}
		site.Env.Collections["application"] = c
		before := f.State("devices", iotHost, "applications")
		o := sync.Options{Gone: sync.BelieveGone}
		read := sync.Read(f.Context(), site, o)
		plan := sync.Build(site, read, o)
		count.all++
		if len(plan.Refusals) > 0 || len(plan.Errors) > 0 {
			count.refused++
			return
		}
		named := map[string]schema.Object{} // what the manifest has of what was live, by id
		for name, live := range read.Live["application"] {
			if d := c.Object(name); d != nil {
				named[cmp.Or(live.ID, name)] = schema.Application.ToWire(d.Fields)
			}
		}
		report := sync.Apply(f.Context(), site, officetest.Allowed(plan), func(sync.Event) {})
		after := f.State("devices", iotHost, "applications")
		for _, id := range before.Names() {
			now, _ := after[id].(schema.Object)
			unmanaged(t, id, before[id].(schema.Object), now, named[id])
		}
		if !officetest.AsWanted(report) {
			count.otherwise++
			return
		}
		count.wanted++
		if again := f.Plan(site, o); !again.Empty() {
			t.Fatalf("the second plan is not empty: %+v %+v %+v", again.Changes, again.Refusals, again.Errors)
		}
	})
	t.Logf("%+v", count)
	if count.wanted*10 < count.all {
		t.Errorf("too little was applied: %+v", count)
	}
}

// liveApplication draws an application as the platform has it: one whose id it chose
// has a name that tells which it is.
func liveApplication(t *rapid.T, shape schematest.Shape, slot string) schema.Object {
	app := shape.Wire(t, &schema.Application, slot, schema.Application.Update.OnCreate...)
	id := slot
	if who, _ := schema.ApplicationID(app); who == schema.ChosenByPlatform {
		id, app["name"] = "made-up-"+slot, schema.Text("application "+slot)
	}
	if server, ok := app["apiServer"].(schema.Object); ok {
		server["appId"] = schema.Text(id)
	}
	app["id"] = schema.Text(id)
	return app
}

// wantedApplication draws an application of a manifest, which may be of the sort of
// a live one.
func (f *office) wantedApplication(t *rapid.T, shape schematest.Shape, slot string, live schema.Object) *schema.Declared {
	fields := shape.Fields(t, &schema.Application, slot, schema.Application.Update.OnCreate...)
	if live != nil && rapid.Bool().Draw(t, slot+" is of the live one's sort") {
		same, err := schema.Application.FromWire(schema.Object{"provider": live["provider"], "integrationModes": live["integrationModes"]})
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(fields, same)
	}
	if who, _ := schema.ApplicationID(fields); who == schema.ChosenByPlatform {
		fields["name"] = schema.Text("application " + slot)
	}
	if server, ok := fields["apiServer"].(schema.Object); ok {
		server["roleIdList"] = amongThose(t, slot+" roles", f.ids("roles"))
		if server["orgIdList"] != nil {
			server["orgIdList"] = amongThose(t, slot+" organisations", f.ids("organizations"))
		}
	}
	if strings.Contains(schema.Show(fields), "***") {
		t.Skip("a mask in the manifest: read back, it is taken for one")
	}
	return &schema.Declared{Key: schema.Key{Kind: "application", Name: slot}, Fields: fields}
}

// applied applies a plan, every step of which has to succeed.
func (f *office) applied(t *rapid.T, site *sync.Site, plan *sync.EnvironmentPlan) {
	report := sync.Apply(f.Context(), site, officetest.Allowed(plan), func(sync.Event) {})
	for _, s := range report.Steps {
		if s.Err != nil {
			var refusal *transport.Error
			if transport.IsExists(s.Err) || errors.As(s.Err, &refusal) && refusal.Code == "illegal_argument" {
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
}

// withoutLock holds that a plan whose lock is lost makes no application twice.
func (f *office) withoutLock(t *rapid.T, c *schema.Collection, o sync.Options) {
	os.Remove(sync.LockFile(f.File))
	site := f.Site("applications: {}")
	site.Env.Collections["application"] = c
	for _, change := range f.Plan(site, o).Changes {
		if change.Action == diff.Create {
			t.Fatalf("without the lock %s is made once more", change.Key)
		}
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
		case isObject && len(inner) == 0 && schema.IsUnset(is[name]):
		case !schema.Same(value, is[name]):
			t.Fatalf("%s.%s has changed, and not by the manifest: %s -> %s", at, name, schema.Show(value), schema.Show(is[name]))
		}
	}
}
