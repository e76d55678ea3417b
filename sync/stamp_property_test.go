package sync_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/state"
)

// For any history of what is live, what git says and what was applied: a plan that
// believes stamps is the plan that reads everything, if the service moves a stamp with
// each change.
func TestAPlanByStampsIsTheThoroughPlan(t *testing.T) {
	w := &stamped{world: newWorld(t, transport.Options{}), clock: newClock(), key: state.MachineKey{Path: filepath.Join(t.TempDir(), "key")}}
	var count struct{ plans, unread, integrations, changes int }
	rapid.Check(t, func(t *rapid.T) {
		h := &history{stamped: w, t: t}
		h.begin()
		for range rapid.IntRange(3, 9).Draw(t, "steps") {
			h.step()
			w.asked(t)
			quick, _ := w.planned(t, sync.Options{})
			few, fewKeys := w.askedOf(t, "GetOneUserKey")
			thorough, _ := w.planned(t, sync.Options{Thorough: sync.ReadAll})
			many, manyKeys := w.askedOf(t, "GetOneUserKey")
			if d := cmp.Diff(told(t, thorough), told(t, quick)); d != "" {
				t.Fatalf("%v\n%s", h.done, d)
			}
			count.plans++
			count.unread += many - few
			count.integrations += manyKeys - fewKeys
			count.changes += len(quick.Changes)
		}
	})
	t.Logf("%+v", count)
	// A short run has few integrations at all.
	if enough() && (count.unread < count.plans/2 || count.plans > 300 && count.integrations < count.plans/40 || count.changes < count.plans/4) {
		t.Errorf("too little was drawn: %+v", count)
	}
}

// planned is a plan that leaves no trace.
func (w *stamped) planned(t fataler, o sync.Options) (*sync.EnvironmentPlan, *sync.Site) {
	site := w.site(t)
	return sync.Build(site, w.read(t, site, o), o), site
}

// told is what a plan tells. That secrets were compared only with what was applied is
// told of those that live shows; a list shows none.
func told(t fataler, p *sync.EnvironmentPlan) []string {
	var lines []string
	add := func(what string, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, what+": "+string(text))
	}
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			add("change", []any{c.Key, c.Action, f.Path, schema.Show(f.Before), schema.Show(f.After), f.Origin})
		}
	}
	for _, s := range p.Steps {
		body, err := schema.EncodeJSON(s.Call.Body, func(v secrets.Value) (secrets.Clear, error) { return secrets.NewClear(v.String()), nil })
		if err != nil {
			t.Fatal(err)
		}
		add("step", []any{s.Key, s.Call.String(), string(body)})
	}
	for _, n := range p.Notes {
		if n.Code != sync.NoteRecalled {
			add("note", []any{n.Key, n.Code, n.Text})
		}
	}
	for _, r := range p.Removed {
		add("removed", []any{r.Key, r.Path, schema.Show(r.Live)})
	}
	for _, u := range p.Uncompared {
		add("uncompared", []any{u.Key, u.Path, u.Reason})
	}
	add("rest", []any{p.Refusals, p.Gates, p.Unmanaged})
	for _, a := range p.Accepted {
		add("accepted", []any{a.Key, len(a.Fields)})
	}
	slices.Sort(lines)
	return lines
}

// history is what happens to connectors and integrations.
type history struct {
	*stamped
	t    *rapid.T
	live map[schema.Key]schema.Object // in the manifest's form, secrets in clear
	done []string
}

var stampedKeys = []schema.Key{{Kind: "connector", Name: "a"}, {Kind: "connector", Name: "b"}, {Kind: "integration", Name: "c"}, {Kind: "integration", Name: "d"}}

// begin makes a world with what is live, some of which git names.
func (h *history) begin() {
	known := schematest.Quirks(h.t, schema.CloudBase)
	known.Add(schematest.Quirks(h.t, schema.Connectors))
	for _, name := range []quirk.Name{quirk.ConnectorStamp, quirk.IntegrationStamp} {
		if known.Played(name, quirk.AtCreation) || rapid.IntRange(0, 3).Draw(h.t, "moves") > 0 {
			known[name] = quirk.OnWrite // stamps are honest
		}
	}
	known[quirk.IntegrationTemplates] = quirk.Listed
	h.fresh(sandbox.Options{Quirks: known, Now: func() time.Time { return h.clock.now }})
	h.live = map[schema.Key]schema.Object{}
	var objects []*schema.Declared
	for _, key := range stampedKeys {
		fields := h.draw(key)
		if rapid.IntRange(0, 3).Draw(h.t, "stands") > 0 {
			h.set(key, fields)
		}
		objects = append(objects, &schema.Declared{Key: key, Fields: h.declared(key, fields)})
	}
	h.env = environment(objects...)
	h.env.Recipients = []string{schematest.Identity().Recipient().String()}
	if rapid.IntRange(0, 4).Draw(h.t, "applied") > 0 {
		h.do("apply", stampedKeys[0])
		h.clock.passes(5 * time.Second)
		h.do("apply", stampedKeys[0])
	}
}

// draw returns the fields of an object.
func (h *history) draw(key schema.Key) schema.Object {
	pick := func(what string, values ...string) schema.Text {
		return schema.Text(rapid.SampledFrom(values).Draw(h.t, what))
	}
	if key.Kind == "connector" {
		return schema.Object{"type": schema.Text("Social"), "enabled": schema.Bool(rapid.Bool().Draw(h.t, "enabled")), "config": schema.Object{
			"client_id": pick("id", "Iv1.abcdef123456", "Iv1.abcdefghijkl", "other"), "scope": pick("scope", "user", "all"),
			"client_secret": pick("secret", "clear-a", "clear-b"), "more": pick("more", "x", "y"),
		}}
	}
	return schema.Object{"authTypeCode": schema.Text("alipaydc"), "description": pick("description", "", "d"), "ext": schema.Object{
		"appId": pick("appId", "1", "2"), "privateKey": pick("secret", "clear-a", "clear-b"), "more": pick("more", "x", "y"),
	}}
}

// declared is what git says of an object: some of its fields, secrets as variables.
func (h *history) declared(key schema.Key, fields schema.Object) schema.Object {
	out := fields.Clone()
	inner := "config"
	if key.Kind == "integration" {
		inner = "ext"
	}
	open := out[inner].(schema.Object).Clone()
	for _, name := range []string{"client_secret", "privateKey"} {
		if clear, ok := open[name].(schema.Text); ok {
			open[name] = schema.Secret{Value: secrets.Env(map[schema.Text]string{"clear-a": "S_A", "clear-b": "S_B"}[clear])}
		}
	}
	for _, name := range []string{"more", "client_id", "client_secret", "privateKey"} {
		if rapid.IntRange(0, 4).Draw(h.t, "unmanaged "+name) == 0 {
			delete(open, name)
		}
	}
	out[inner] = open
	return out
}

// set has somebody give a live object other fields, or make it.
func (h *history) set(key schema.Key, fields schema.Object) {
	wire := schema.KindNamed(key.Kind).ToWire(fields)
	h.live[key] = fields
	var err error
	if key.Kind == "connector" {
		wire["id"], wire["connector_id"] = schema.Text("conn_"+key.Name), schema.Text(key.Name)
		err = h.server.SeedConnector(connectorHost, wire)
	} else {
		wire["KeyID"], wire["Name"] = schema.Text("key_"+key.Name), schema.Text(key.Name)
		err = h.server.SeedIntegration(envID, wire)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// step is one thing that happens.
func (h *history) step() {
	key := rapid.SampledFrom(stampedKeys).Draw(h.t, "key")
	what := rapid.SampledFrom([]string{"time", "time", "live", "git", "plan", "plan", "apply", "apply"}).Draw(h.t, "step")
	h.do(what, key)
}

func (h *history) do(what string, key schema.Key) {
	h.done = append(h.done, fmt.Sprint(what, " ", key))
	switch what {
	case "time":
		h.clock.passes(time.Duration(rapid.SampledFrom([]int{500, 1000, 2000, 5000}).Draw(h.t, "ms")) * time.Millisecond)
	case "live":
		h.set(key, h.draw(key))
	case "git":
		c := h.env.Collections[key.Kind]
		i := slices.IndexFunc(c.Objects, func(d *schema.Declared) bool { return d.Key == key })
		c.Objects[i] = &schema.Declared{Key: key, Fields: h.declared(key, h.draw(key))}
	case "plan":
		plan, site := h.planned(h.t, sync.Options{})
		site.KeepStamps(plan)
	case "apply":
		plan, site := h.planned(h.t, sync.Options{})
		if len(plan.Steps) == 0 || len(plan.Refusals) > 0 {
			_ = sync.Adopt(site, plan)
			return
		}
		sync.Apply(h.t.Context(), site, allowed(plan), silent)
		if rapid.Bool().Draw(h.t, "settled") {
			h.clock.passes(5 * time.Second)
		}
	}
}
