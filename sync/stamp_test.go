package sync_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/secrets"
	"authsync/sync"
	"authsync/sync/state"
)

// clock is a time that a test moves.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) passes(d time.Duration) { c.now = c.now.Add(d) }

// stamped is a world of connectors whose clock a test moves.
type stamped struct {
	*world
	clock *clock
	env   *schema.Environment
	key   state.MachineKey
}

const connectorHost = "connectors.test"

// newStamped has n connectors, as the manifest wants them.
func newStamped(t *testing.T, n int) *stamped {
	w := &stamped{world: newWorld(t, transport.Options{}), clock: newClock()}
	w.fresh(sandbox.Options{Now: func() time.Time { return w.clock.now }})
	w.key = state.MachineKey{Path: filepath.Join(t.TempDir(), "key")}
	var objects []*schema.Declared
	for i := range n {
		objects = append(objects, connectorOf(i))
		wire := schema.Connector.ToWire(objects[i].Fields)
		wire["connector_id"] = schema.Text(objects[i].Key.Name)
		wire["config"] = schema.Overlay(wire["config"].(schema.Object), schema.Object{"client_secret": schema.Text("clear-a")})
		if err := w.server.SeedConnector(connectorHost, wire); err != nil {
			t.Fatal(err)
		}
	}
	w.env = environment(objects...)
	w.env.Recipients = []string{schematest.Identity().Recipient().String()}
	return w
}

func connectorOf(i int) *schema.Declared {
	return &schema.Declared{Key: schema.Key{Kind: "connector", Name: fmt.Sprintf("c%03d", i)}, Fields: schema.Object{
		"type": schema.Text("Social"), "enabled": schema.Bool(true),
		"config": schema.Object{"client_id": schema.Text(fmt.Sprintf("Iv1.%08d", i)), "scope": schema.Text("user"), "client_secret": schema.Secret{Value: secrets.Env("S_A")}},
	}}
}

// fresh site of the environment, as a new run has it.
func (w *stamped) site(t fataler) *sync.Site {
	site := w.world.site(t, w.env)
	site.State.Key = w.key
	return site
}

func (w *stamped) plan(t fataler, o sync.Options) (*sync.EnvironmentPlan, *sync.Site) {
	site := w.site(t)
	plan := sync.Build(site, w.read(t, site, o), o)
	site.KeepStamps(plan)
	return plan, site
}

func (w *stamped) apply(t *testing.T) *sync.Report {
	t.Helper()
	plan, site := w.plan(t, sync.Options{})
	report := sync.Apply(t.Context(), site, allowed(plan), silent)
	if !report.Complete() || !asWanted(report) {
		t.Fatalf("%+v %+v", report.Errors, report.ReadBack)
	}
	return report
}

// asked counts the requests since the last call.
func (w *stamped) asked(t fataler) int {
	n, _ := w.askedOf(t, "")
	return n
}

// askedOf also counts those of an action.
func (w *stamped) askedOf(t fataler, action string) (n, of int) {
	answer, err := http.Get(w.url + "/_sandbox/requests")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for ; lines.Scan(); n++ {
		var r request
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			t.Fatalf("%s", lines.Text())
		}
		if r.Action == action {
			of++
		}
	}
	r, _ := http.NewRequest(http.MethodDelete, w.url+"/_sandbox/requests", nil)
	if answer, err := http.DefaultClient.Do(r); err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%v %v", answer, err)
	}
	return n, of
}

// What has not moved is not read again; what a plan sees first the next plan knows, and
// an apply writes it into the lock.
func TestUnmovedIsNotRead(t *testing.T) {
	w := newStamped(t, 120)
	w.clock.passes(time.Minute)
	count := func(what string, want int) {
		t.Helper()
		if n := w.asked(t); n != want {
			t.Errorf("%s: %d requests, want %d", what, n, want)
		}
	}
	plan, _ := w.plan(t, sync.Options{})
	if !plan.Empty() {
		t.Fatalf("%+v %+v", plan.Changes, plan.Errors)
	}
	count("nothing is known", 2+120)
	w.plan(t, sync.Options{})
	count("nothing was applied", 2+120)
	w.apply(t)
	count("the first apply reads all, and takes it into the lock", 2+120)
	w.plan(t, sync.Options{})
	count("nothing moved", 2)
	w.plan(t, sync.Options{Thorough: sync.ReadAll})
	count("thorough", 2+120)
}

// What was written is read back by the list, and read in detail once more when its
// stamp is old.
func TestReadBackByList(t *testing.T) {
	w := newStamped(t, 120)
	w.clock.passes(time.Minute)
	count := func(what string, want int) {
		t.Helper()
		if n := w.asked(t); n != want {
			t.Errorf("%s: %d requests, want %d", what, n, want)
		}
	}
	w.apply(t)
	w.asked(t)
	w.clock.passes(time.Minute)
	for i := range 10 {
		w.env.Collections["connector"].Objects[i].Fields["enabled"] = schema.Bool(false)
	}
	w.apply(t)
	count("ten are changed", 2+10+10+2)
	w.clock.passes(time.Second)
	w.plan(t, sync.Options{})
	count("their stamps are young", 2+10)
	w.clock.passes(time.Second)
	w.plan(t, sync.Options{})
	count("their stamps become old", 2+10)
	w.plan(t, sync.Options{})
	count("the cache knows them", 2)
	if err := sync.Adopt(func() (*sync.Site, *sync.EnvironmentPlan) { p, s := w.plan(t, sync.Options{}); return s, p }()); err != nil {
		t.Fatal(err)
	}
	w.asked(t)
	w.key.Path += "-other"
	w.plan(t, sync.Options{})
	count("the lock knows them", 2)
}

// What was created is read back by the list.
func TestCreationsAreReadBackByList(t *testing.T) {
	w := newStamped(t, 0)
	var objects []*schema.Declared
	for i := range 120 {
		objects = append(objects, connectorOf(i))
	}
	recipients := w.env.Recipients
	w.env = environment(objects...)
	w.env.Recipients = recipients
	w.apply(t)
	if n := w.asked(t); n != 1+1+120+2 {
		t.Errorf("%d requests", n)
	}
}

// The cache has times, and a digest of what the lock has of each object in any case.
func TestTheCacheHoldsNothingOfAnObject(t *testing.T) {
	w := newStamped(t, 3)
	w.apply(t)
	w.clock.passes(time.Minute)
	_, site := w.plan(t, sync.Options{})
	text := site.State.Cached(".stamps")
	var file struct {
		Environment string
		Systems     json.RawMessage
		Objects     map[string]struct{ Stamp, Read, Content string }
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil || len(file.Objects) != 3 {
		t.Fatalf("%v: %s", err, text)
	}
	for name, o := range file.Objects {
		key, _ := schema.ParseKey(name)
		entry, _ := site.Lock.Entry(key)
		if o.Content != entry.Content() || o.Stamp == "" || o.Read == "" {
			t.Errorf("%s: %+v", name, o)
		}
	}
}
