package connectors_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/remote/officetest"
	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/sync"
)

// aConfig draws settings, some of them empty.
func aConfig(t *rapid.T, label string) string {
	values := []string{`"smtp.acme.example"`, `""`, `[]`, `{}`, `{"a": ""}`, `["x", "y"]`, `["x", ""]`, `["", {"a": [""]}]`, `[["", "y"], {"b": "z", "c": [{}]}, 0]`, `[{"usage": "Register", "text": "", "more": {"none": []}}]`, `{"deep": {"deeper": []}, "on": false}`, `0`}
	var fields []string
	for _, name := range []string{"host", "reply_to", "templates"} {
		if rapid.Bool().Draw(t, label+" "+name) {
			fields = append(fields, fmt.Sprintf("%q: %s", name, rapid.SampledFrom(values).Draw(t, label+" "+name+" value")))
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// For any connectors in a manifest and any that are live, under each reading of what is
// not known of the service: what a plan says is done and leaves nothing to do, or it is
// told what has gone; and what git does not name stays as it is, unless the gate for
// deletions has named it.
func TestConnectorsConverge(t *testing.T) {
	f := channels(t, sandbox.Options{})
	count := struct{ all, refused, steps, gone int }{}
	types := rapid.SampledFrom([]string{"Email", "Sms", "Social"})
	draws := func(t *rapid.T) {
		quirks := schematest.Quirks(t, schema.Connectors)
		f.Server = sandbox.New(sandbox.Options{Quirks: quirks})
		os.Remove(sync.LockFile(f.File))
		for _, id := range []string{"mail", "byhand"} {
			if rapid.Bool().Draw(t, "live "+id) {
				f.connector(fmt.Sprintf(`{"connector_id": %q, "type": %q, "config": %s}`, id, types.Draw(t, "live type of "+id), strings.ReplaceAll(aConfig(t, "live "+id), `""`, `"x"`)))
			}
		}
		text := "connectors:\n"
		some := false
		for _, name := range []string{"mail", "post", "text"} {
			if rapid.Bool().Draw(t, "manifest "+name) {
				some = true
				text += fmt.Sprintf("  %s: {type: %s, enabled: %v, config: %s}\n", name, types.Draw(t, "type of "+name), rapid.Bool().Draw(t, name+" on"), aConfig(t, name))
			}
		}
		if !some {
			text = "connectors: {}\n"
		}
		before := f.State("connectors", authHost)
		site := f.Site(text)
		o := sync.Options{Gone: sync.BelieveGone}
		plan := f.Plan(site, o)
		count.all++
		if len(plan.Refusals)+len(plan.Errors) > 0 {
			count.refused++
			return
		}
		report := sync.Apply(f.Context(), site, officetest.Allowed(plan), func(sync.Event) {})
		count.steps += len(report.Steps)
		after := f.State("connectors", authHost)
		for _, id := range before.Names() {
			was := before[id].(schema.Object)
			if name := was.Text("connector_id"); site.Env.Collections["connector"].Object(name) != nil || schema.Same(was, after.At(id)) {
				continue
			} else if key := "connector/" + name; !gateNames(plan, key) || quirks[quirk.OneConnectorPerType] != quirk.Yes {
				t.Fatalf("%s is not in the manifest, and has changed: %s -> %s", key, schema.Show(was), schema.Show(after.At(id)))
			}
			count.gone++
		}
		for _, err := range report.Errors {
			var lost *sync.Lost
			if !errors.As(err, &lost) || quirks[quirk.OneConnectorPerType] != quirk.Yes {
				t.Fatal(err)
			}
		}
		for _, s := range report.Steps {
			if s.Err != nil && quirks[quirk.ConnectorIDs] != quirk.Unique && len(report.Errors) == 0 {
				t.Fatalf("step %d, %s: %v", s.Step.Number, s.Step.Call, s.Err)
			} else if s.Err != nil {
				return
			}
		}
		if len(report.Errors) > 0 {
			return // told what has gone
		}
		for _, b := range report.ReadBack {
			if b.Status == sync.NotVisibleYet && quirks[quirk.ConnectorConfig] == quirk.Merged && quirks[quirk.ConnectorEmpty] == quirk.Dropped {
				return // nothing clears a setting of such a service, and that is told
			}
			if b.Status != sync.AsWanted {
				t.Fatalf("%s: %s: %+v", b.Key, b.Status, b.Fields)
			}
		}
		if again := f.Planned(f.Site(text), sync.Options{}); !again.Empty() {
			t.Fatalf("the second plan is not empty: %+v", again.Changes)
		}
		os.Remove(sync.LockFile(f.File))
		if again := f.Planned(f.Site(text), sync.Options{}); !again.Empty() {
			t.Fatalf("without the lock the plan is not empty: %+v", again.Changes)
		}
	}
	// Few draws, as with -short, may not meet what is rare.
	for rounds := 0; rounds == 0 || count.gone == 0 && rounds < 20; rounds++ {
		rapid.Check(t, draws)
	}
	t.Logf("%+v", count)
	if count.steps == 0 || count.gone == 0 || count.refused*3 > count.all*2 {
		t.Errorf("too little was applied: %+v", count)
	}
}

func gateNames(plan *sync.EnvironmentPlan, key string) bool {
	for _, g := range plan.Gates {
		if g.Name == sync.GateDelete && strings.Contains(g.Text, key) {
			return true
		}
	}
	return false
}
