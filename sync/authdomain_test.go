package sync_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// domain puts a security domain in as it is on the wire.
func (w *world) domain(t fataler, wire schema.Object) {
	t.Helper()
	if err := w.server.SeedAuthDomain(envID, wire); err != nil {
		t.Fatal(err)
	}
}

// A domain that somebody has switched off is told by every plan and by drift: no
// call switches it on, and it can be made again on request.
func TestADomainThatIsOff(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, `authDomains: [on.example.com]`)
	w.domain(t, schema.Object{"Domain": schema.Text("App.Example.com"), "Status": schema.Text("DISABLE")})
	site := w.site(t, manifest(t, `authDomains: [app.example.com, on.example.com]`, 0))
	plan := w.plan(t, site, sync.Options{})
	advice := "switched off (DISABLE), and no call switches it on; do that in the console, or make it again with: authsync apply --rotate authDomain/app.example.com"
	if len(plan.Steps) > 0 || !slices.ContainsFunc(plan.Notes, func(n sync.Note) bool { return strings.HasSuffix(n.Text, advice) }) {
		t.Fatalf("the plan: %v, %+v", brief(plan), plan.Notes)
	}
	if err := sync.Adopt(site, plan); err != nil {
		t.Fatal(err)
	}
	drifted := sync.Drift(site, sync.ReadDrift(t.Context(), site, sync.Options{}), sync.Options{})
	if len(drifted.Moves) != 1 || drifted.Moves[0].Key.Name != "app.example.com" || drifted.Moves[0].Fields[0].Path.String() != "status" {
		t.Errorf("drift tells %+v", drifted.Moves)
	}
	o := sync.Options{Rotate: []schema.Key{{Kind: "authDomain", Name: "app.example.com"}}}
	plan = w.plan(t, site, o)
	if want := []string{"1 take DeleteAuthDomain authDomain/app.example.com []", "2 take CreateAuthDomain authDomain/app.example.com [1]"}; !slices.Equal(brief(plan), want) {
		t.Fatalf("made again by %q", brief(plan))
	}
	report := sync.Apply(t.Context(), site, allowed(plan), silent)
	if !report.Complete() {
		t.Fatalf("%+v %v", report.Steps, report.Errors)
	}
	drifted = sync.Drift(site, sync.ReadDrift(t.Context(), site, sync.Options{}), sync.Options{})
	if len(drifted.Moves) != 0 {
		t.Errorf("afterwards drift tells %+v", drifted.Moves)
	}
}

// Of domains that live spells in several ways one is meant, the one that is on;
// the others are nobody's.
func TestADomainThatIsThereTwice(t *testing.T) {
	w := newWorld(t, transport.Options{})
	w.put(t, sandbox.Options{}, ``)
	for _, o := range []schema.Object{
		{"Domain": schema.Text("APP.example.com"), "Status": schema.Text("DISABLE"), "Id": schema.Text("off")},
		{"Domain": schema.Text("app.example.com."), "Id": schema.Text("dot")},
		{"Domain": schema.Text("App.example.com"), "Id": schema.Text("case")},
		{"Domain": schema.Text("bücher.example"), "Id": schema.Text("umlaut")},
	} {
		w.domain(t, o)
	}
	site := w.site(t, manifest(t, `authDomains: [app.example.com]`, 0))
	plan := w.plan(t, site, sync.Options{})
	if len(plan.Steps) > 0 || len(plan.Unmanaged) != 3+2 {
		t.Errorf("%q, beside it %v", brief(plan), plan.Unmanaged)
	}
	plan = w.plan(t, site, sync.Options{Unmanaged: sync.DeleteUnmanaged})
	var gone []string
	for _, s := range plan.Steps {
		gone = append(gone, s.ID)
	}
	slices.Sort(gone)
	if !slices.Equal(gone, []string{"case", "off", "umlaut"}) {
		t.Errorf("--prune-unmanaged deletes %q", gone)
	}
}

// A deletion of which the service says that it deleted nothing is judged by
// reading: gone is gone, and what stands is told.
func TestADomainThatStays(t *testing.T) {
	for name, stays := range map[string]bool{"it is gone": false, "it stands": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.put(t, sandbox.Options{}, ``)
			w.domain(t, schema.Object{"Domain": schema.Text("old.example.com"), "Id": schema.Text("old")})
			site := w.site(t, manifest(t, `authDomains: []`, 0))
			plan := w.plan(t, site, sync.Options{Unmanaged: sync.DeleteUnmanaged})
			w.rewrite = func(w *world, rw http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-TC-Action") == "DeleteAuthDomain" && stays {
					w.domain(t, schema.Object{"Domain": schema.Text("old.example.com"), "Id": schema.Text("old"), "Type": schema.Text("SYSTEM")})
				}
				answer := httptest.NewRecorder()
				w.current.Load().ServeHTTP(answer, r)
				io.WriteString(rw, strings.Replace(answer.Body.String(), `"Deleted":1`, `"Deleted":0`, 1))
			}
			report := sync.Apply(t.Context(), site, allowed(plan), silent)
			if report.Complete() == stays {
				t.Errorf("complete: %v, %+v %v", !stays, report.Steps, report.Errors)
			}
			if err := report.Steps[0].Err; stays && (err == nil || !strings.Contains(err.Error(), "deleted 0 of 1")) {
				t.Errorf("%v", err)
			}
		})
	}
}
