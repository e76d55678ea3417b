package sync_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	stdsync "sync"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

const journalLive = "login: {emailLogin: false}\nclients: {default: {accessTokenExpiresIn: 2h}}\n" +
	"providers: {github: {providerType: OAUTH, name: {message: G}, config: {clientId: a, clientSecret: !plain clear-a}}}\n"

const journalManifest = "login: {emailLogin: true}\nclients: {default: {accessTokenExpiresIn: 1h}}\n" +
	"providers: {github: {config: {clientId: b}}}\n"

func journalled(t *testing.T) (*world, *sync.Site, *sync.EnvironmentPlan) {
	t.Helper()
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, journalLive)
	site := w.site(t, manifest(t, journalManifest, 0))
	plan := w.plan(t, site, sync.Options{})
	if len(plan.Steps) != 3 {
		t.Fatalf("%d steps", len(plan.Steps))
	}
	return w, site, plan
}

// Without a journal nothing is begun.
func TestNoJournalNoCall(t *testing.T) {
	w, site, plan := journalled(t)
	site.State.Dir = filepath.Join(w.dir, "a-file", "state")
	if err := os.WriteFile(filepath.Join(w.dir, "a-file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	report := sync.Apply(t.Context(), site, plan, silent)
	if len(report.Errors) != 1 || report.Wrote() || len(w.writes(t)) > 0 {
		t.Errorf("%+v, %+v", report, w.writes(t))
	}
}

// Where the journal breaks, the call in flight is the last one, and what it did
// is known all the same.
func TestAJournalThatBreaksStopsTheRun(t *testing.T) {
	w, site, plan := journalled(t)
	var journal *os.File
	site.State.Opened = func(f *os.File) { journal = f }
	report := sync.Apply(t.Context(), site, plan, func(e sync.Event) {
		if e.Result == nil { // the call is about to be made
			journal.Close()
		}
	})
	if report.Count(sync.Done) != 1 || report.Count(sync.Skipped) != 2 || len(w.writes(t)) != 1 {
		t.Errorf("%+v, %+v", report.Steps, w.writes(t))
	}
	if report.Complete() || len(report.Errors) != 1 || !strings.Contains(report.Errors[0].Error(), "the journal cannot be written") {
		t.Errorf("%v", report.Errors)
	}
	// The journal's last word is that the call was begun.
	interrupted, err := site.Interrupted()
	if err != nil || interrupted == nil || len(interrupted.Pending) != 1 || interrupted.Pending[0].Step != 1 {
		t.Fatalf("%+v, %v", interrupted, err)
	}
	site.State.Opened = func(*os.File) {}
	report = sync.Apply(t.Context(), site, w.plan(t, site, sync.Options{}), silent)
	if len(report.Settled) != 1 || report.Settled[0].Verdict != sync.WasDone || !report.Complete() {
		t.Errorf("%+v", report)
	}
}

// Calls that are made at once share a journal, and each line of it is whole.
func TestAJournalOfManyAtOnce(t *testing.T) {
	w := newWorld(t, transport.Options{})
	const n = 50
	var objects []*schema.Declared
	for i := range n {
		objects = append(objects, &schema.Declared{
			Key:    schema.Key{Kind: schema.Connector.Name, Name: fmt.Sprintf("c%02d", i)},
			Fields: schema.Object{"type": schema.Text("Email"), "config": schema.Object{"access_key_id": schema.Text("a")}},
		})
	}
	site := w.site(t, environment(objects...))
	plan := w.plan(t, site, sync.Options{})
	var mu stdsync.Mutex
	var path string
	site.State.Opened = func(f *os.File) { path = f.Name() }
	begun := map[int]bool{}
	report := sync.Apply(t.Context(), site, plan, func(e sync.Event) {
		mu.Lock()
		defer mu.Unlock()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		if e.Result == nil {
			begun[e.Step.Number] = strings.Contains(string(text), fmt.Sprintf("{\"begin\":%d,", e.Step.Number))
		}
	})
	if !report.Complete() || len(begun) != n {
		t.Fatalf("%d of %d, %+v", len(begun), n, report)
	}
	for number, noted := range begun {
		if !noted {
			t.Errorf("the call of step %d was made before its line", number)
		}
	}
	all, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ends := 0
	for line := range strings.Lines(string(all)) {
		var l struct{ End int }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if l.End > 0 {
			ends++
		}
	}
	if ends != n {
		t.Errorf("%d ends", ends)
	}
}
