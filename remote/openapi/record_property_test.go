package openapi_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
)

// For any rows in a manifest and any that are live, under any reading of what is not
// known of the service: what a plan says is done, leaves nothing to do, and changes no column and no row besides.
func TestRecordsConverge(t *testing.T) {
	f := newOffice(t, sandbox.Options{})
	wire := schematest.Shape{Top: []string{"shared"}}
	manifest := schematest.Shape{Top: []string{"shared"}, Clearing: schematest.SomeNull, Secret: func(t *rapid.T, at schema.Path) secrets.Value {
		return secrets.Env("PIN")
	}}
	f.Env["PIN"] = "1234"
	site := f.Site("records: {sys_role: {envType: prod, key: theKey}}")
	steps := 0
	rapid.Check(t, func(t *rapid.T) {
		quirks := schematest.Quirks(t, schema.OpenAPI)
		f.Server = sandbox.New(sandbox.Options{Quirks: quirks})
		drawn := manifest
		if quirks.Played(quirk.RecordNull, quirk.Refused) {
			drawn.Clearing = schematest.NoNull // such a call fails, which is no question here
		}
		names := []string{"/", "a", "b c", "it's"} // sorted, as a collection is
		c := &schema.Collection{Kind: &schema.Record, Groups: site.Env.Collections["record"].Groups}
		for _, name := range names {
			if rapid.Bool().Draw(t, "live "+name) {
				row := wire.Wire(t, &schema.Record, "sys_role/"+name)
				row["theKey"] = schema.Text(name)
				if err := f.Server.SeedRecord(officetest.EnvID, "prod", "sys_role", row); err != nil {
					t.Fatal(err)
				}
			}
			if rapid.Bool().Draw(t, "manifest "+name) {
				key := schema.Key{Kind: "record", Name: "sys_role/" + name}
				c.Objects = append(c.Objects, &schema.Declared{Key: key, Fields: drawn.Fields(t, &schema.Record, key.Name)})
			}
		}
		before := f.byKey()
		site.Env.Collections["record"] = c
		o := sync.Options{Gone: sync.BelieveGone} // the lock is older than the rows
		if rapid.Bool().Draw(t, "prune") {
			o.Unmanaged = sync.DeleteUnmanaged
		}
		plan := f.Planned(site, o)
		report := sync.Apply(f.Context(), site, plan, func(sync.Event) {})
		if !report.Complete() {
			t.Fatalf("%+v", report)
		}
		for _, b := range report.ReadBack {
			if b.Status != sync.AsWanted {
				t.Fatalf("%s: %s: %+v", b.Key, b.Status, b.Fields)
			}
		}
		if again := f.Planned(site, o); !again.Empty() {
			t.Fatalf("the second plan is not empty: %+v", again.Changes)
		}
		steps += len(plan.Steps)
		after := f.byKey()
		for _, name := range names {
			d := c.Object("sys_role/" + name)
			was, is := before[name], after[name]
			switch {
			case d == nil && o.Unmanaged == sync.DeleteUnmanaged:
				if is != nil {
					t.Fatalf("%s was not deleted", name)
				}
			case d == nil:
				if diff := cmp.Diff(was, is); diff != "" {
					t.Fatalf("%s is not in the manifest and has changed: %s", name, diff)
				}
			default:
				for column := range was {
					if _, managed := d.Fields[column]; !managed && column != "updatedAt" && !schema.Same(was[column], is[column]) {
						t.Fatalf("%s: %s has changed, and not by the manifest", name, column)
					}
				}
			}
		}
	})
	if steps == 0 {
		t.Error("nothing was ever written")
	}
}

// byKey are the rows of sys_role as they are held, by key.
func (f *office) byKey() map[string]schema.Object {
	rows := map[string]schema.Object{}
	for _, v := range f.State("openapi", officetest.EnvID, "prod", "sys_role") {
		row := v.(schema.Object)
		rows[row.Text("theKey")] = row
	}
	return rows
}
