package sync_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"authsync/schema"
	"authsync/sync"
)

// Each way in which the service may lie of a change that somebody makes: it keeps the
// stamp, sets it back, or has no other within the second.
var lies = map[string]func(was string) schema.Text{
	"no new stamp":               func(was string) schema.Text { return schema.Text(was) },
	"a stamp that goes back":     func(string) schema.Text { return "2020-01-01T00:00:00Z" },
	"a stamp of the same second": func(was string) schema.Text { return schema.Text(was) },
}

// somebody changes what a list does not show of a connector, with a stamp.
func (w *stamped) somebody(t fataler, id, clientID string, stamp func(was string) schema.Text) {
	one := w.held(t, id)
	wire := one.Clone()
	wire["config"] = schema.Overlay(one["config"].(schema.Object), schema.Object{"client_id": schema.Text(clientID)})
	wire["updated_at"] = stamp(one.Text("updated_at"))
	if err := w.server.SeedConnector(connectorHost, wire); err != nil {
		t.Fatal(err)
	}
}

// held is a connector as the service has it.
func (w *stamped) held(t fataler, id string) schema.Object {
	text, err := w.server.State()
	if err != nil {
		t.Fatal(err)
	}
	v, err := schema.ParseJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := v.(schema.Object).At("connectors", connectorHost, id).(schema.Object)
	if one == nil {
		t.Fatalf("no %s in %s", id, text)
	}
	return one
}

// known is a world whose connectors are as git wants them, and known to be.
func known(t *testing.T, n int) *stamped {
	w := newStamped(t, n)
	w.clock.passes(time.Minute)
	w.apply(t)
	w.clock.passes(time.Minute)
	return w
}

// A change without a new stamp may be missed. A thorough plan, or drift, sees it, and
// says that the stamp has not moved; so does a plan that sees it anyway.
func TestAChangeWithoutANewStampIsFound(t *testing.T) {
	w := known(t, 3)
	w.somebody(t, "conn_002", "Iv1.0another", lies["no new stamp"])
	if plan, _ := w.plan(t, sync.Options{}); !plan.Empty() {
		t.Fatalf("the list shows it: %+v", plan.Changes)
	}
	plan, _ := w.plan(t, sync.Options{Thorough: sync.ReadAll})
	if len(plan.Changes) != 1 || !notes(plan.Notes, "connector/c001", sync.NoteUnstamped) {
		t.Errorf("%+v %+v", plan.Changes, plan.Notes)
	}
	site := w.site(t)
	o := sync.Options{Thorough: sync.ReadAll}
	drift := sync.Drift(site, sync.ReadDrift(t.Context(), site, o), o)
	if len(drift.Moves) != 1 || !notes(drift.Notes, "connector/c001", sync.NoteUnstamped) {
		t.Errorf("%+v %+v", drift.Moves, drift.Notes)
	}
	w.somebody(t, "conn_003", "shown to be another", lies["no new stamp"])
	plan, _ = w.plan(t, sync.Options{})
	if len(plan.Changes) != 1 || plan.Changes[0].Key.Name != "c002" || !notes(plan.Notes, "connector/c002", sync.NoteUnstamped) {
		t.Errorf("what the list shows of it: %+v %+v", plan.Changes, plan.Notes)
	}
}

func notes(all []sync.Note, key string, code sync.NoteCode) bool {
	for _, n := range all {
		if n.Key.String() == key && n.Code == code && strings.Contains(n.Text, "updated_at") {
			return true
		}
	}
	return false
}

// Two changes within a second have one stamp, so a stamp of that second is not
// believed.
func TestTwoChangesWithinASecond(t *testing.T) {
	w := known(t, 2)
	w.somebody(t, "conn_001", "Iv1.0another", func(string) schema.Text { return schema.Text(w.clock.now.Format(time.RFC3339)) })
	w.plan(t, sync.Options{})
	w.somebody(t, "conn_001", "Iv1.0000third", lies["a stamp of the same second"])
	w.clock.passes(time.Minute)
	plan, _ := w.plan(t, sync.Options{})
	if len(plan.Changes) != 1 || schema.Show(plan.Changes[0].Fields[0].Before) != `"Iv1.0000third"` {
		t.Errorf("%+v", plan.Changes)
	}
}

// Whatever the service says of stamps, and at whatever request somebody changes what
// an apply is about to write: the apply does not write over it. It refuses the step, or
// comes before the change.
func TestALieIsNotWrittenOver(t *testing.T) {
	for lie, stamp := range lies {
		for nth := 1; ; nth++ {
			name := fmt.Sprintf("%s, at request %d", lie, nth)
			w := known(t, 2)
			w.env.Collections["connector"].Objects[0].Fields["config"] = schema.Overlay(
				w.env.Collections["connector"].Objects[0].Fields["config"].(schema.Object), schema.Object{"scope": schema.Text("all")})
			seen, patched, struck := 0, false, false
			w.before = func(_ http.ResponseWriter, r *http.Request) bool {
				if strings.HasPrefix(r.URL.Path, "/_sandbox") {
					return false
				}
				patched = patched || r.Method == http.MethodPatch
				if seen++; seen == nth && !patched {
					struck = true
					w.somebody(t, "conn_001", "Iv1.0another", stamp)
				}
				return false
			}
			plan, site := w.plan(t, sync.Options{})
			report := sync.Apply(t.Context(), site, allowed(plan), silent)
			w.before = nil
			if !struck {
				if nth < 3 {
					t.Fatalf("%s: the write comes too soon", name)
				}
				break
			}
			if id := w.held(t, "conn_001").At("config", "client_id"); id != schema.Text("Iv1.0another") && !said(plan, "client_id") {
				t.Errorf("%s: the change is lost without a word: %v, %+v", name, id, report.Steps)
			}
		}
	}
}

// said reports whether a plan tells that a field is changed.
func said(plan *sync.EnvironmentPlan, field string) bool {
	for _, c := range plan.Changes {
		for _, f := range c.Fields {
			if f.Path[len(f.Path)-1] == field {
				return true
			}
		}
	}
	return false
}

// Where the stamp of a write is not of its time, or does not move, what was written is
// read in detail, and no stamp is believed from then on.
func TestStampsOfAnotherClockAreNotBelieved(t *testing.T) {
	w := known(t, 3)
	w.env.Collections["connector"].Objects[0].Fields["enabled"] = schema.Bool(false)
	w.fault(t, `{"match":"PATCH","fault":"still"}`)
	w.asked(t)
	w.apply(t)
	if n := w.asked(t); n != 1+1+1+1+1 {
		t.Errorf("list, again before the write, the write, list and detail: %d", n)
	}
	w.clock.passes(time.Minute)
	for range 2 {
		w.plan(t, sync.Options{})
		if n := w.asked(t); n != 1+3 {
			t.Errorf("all are read: %d", n)
		}
	}
	w.env.Collections["connector"].Objects[0].Fields["enabled"] = schema.Bool(true)
	w.apply(t)
	w.clock.passes(time.Minute)
	w.plan(t, sync.Options{})
	w.asked(t)
	w.plan(t, sync.Options{})
	if n := w.asked(t); n != 1 {
		t.Errorf("a write with a stamp of its time: %d", n)
	}
}

// An answer without a Date makes no stamp believed.
func TestWithoutADateNoStampIsBelieved(t *testing.T) {
	w := newStamped(t, 3)
	w.rewrite = func(w *world, rw http.ResponseWriter, r *http.Request) { w.current.Load().ServeHTTP(dateless{rw}, r) }
	w.clock.passes(time.Minute)
	w.apply(t)
	w.asked(t)
	for range 2 {
		w.plan(t, sync.Options{})
		if n := w.asked(t); n != 1+3 {
			t.Errorf("%d requests", n)
		}
	}
}

// dateless takes the Date out of an answer.
type dateless struct{ http.ResponseWriter }

func (d dateless) WriteHeader(status int) {
	d.Header()["Date"] = nil
	d.ResponseWriter.WriteHeader(status)
}
