package sync_test

import (
	"bytes"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/schematest"
	"authsync/sync"
)

// ofOneName are the kinds whose services allow two objects of one name. That of
// an integration is unique, and so is the id of a provider or an application.
var ofOneName = map[string]string{
	"apiKey":    "recipients: [" + schematest.Identity().Recipient().String() + "]\napiKeys: {server: {keyType: api_key, expireIn: 90d}}\n",
	"record":    "records: {sys_role: {envType: prod, key: code, rows: {admin: {name: Administrator}}}}\n",
	"connector": "connectors: {mail: {type: Email, enabled: true, config: {host: smtp.example}}}\n",
}

const noneOfThem = "connectors: {}\nintegrations: {}\nrecords: {sys_role: {envType: prod, key: code, rows: {}}}\nlogin: {emailLogin: true}\n"

// machine is a working copy of its own, with a lock and a vault of its own.
func (w *world) machine(t *testing.T, env *schema.Environment) *sync.Site {
	t.Helper()
	w.dir = t.TempDir()
	return w.site(t, env)
}

// ticking is a clock that is a second later each time.
func ticking() func() time.Time {
	var seconds atomic.Int64
	return func() time.Time { return time.Date(2026, 3, 1, 12, 0, int(seconds.Add(1)), 0, time.UTC) }
}

// applyAtOnce applies one manifest on two machines. Each looks before the other
// has made anything.
func (w *world) applyAtOnce(t *testing.T, env *schema.Environment) ([]*sync.Site, []*sync.Report) {
	t.Helper()
	var both stdsync.WaitGroup
	both.Add(2)
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if creates(r) {
			both.Done()
			both.Wait()
		}
		return false
	}
	sites, reports := make([]*sync.Site, 2), make([]*sync.Report, 2)
	var wait stdsync.WaitGroup
	for i := range sites {
		sites[i] = w.machine(t, env)
		plan := w.plan(t, sites[i], sync.Options{})
		wait.Go(func() { reports[i] = sync.Apply(t.Context(), sites[i], plan, silent) })
	}
	wait.Wait()
	w.before = nil
	return sites, reports
}

func duplicatesOf(reports []*sync.Report) (errs []*sync.Duplicate) {
	for _, r := range reports {
		for _, err := range r.Errors {
			var d *sync.Duplicate
			if errors.As(err, &d) {
				errs = append(errs, d)
			}
		}
	}
	return errs
}

// Of what two machines make at once one stays, and who made the other has taken
// it back, with its token; whether the times of both differ or not.
func TestOfTwoMadeAtOnceOneStays(t *testing.T) {
	for kind, text := range ofOneName {
		for name, clock := range map[string]func() time.Time{"in one second": nil, "one after the other": ticking()} {
			t.Run(kind+" "+name, func(t *testing.T) {
				w := newWorld(t, transport.Options{})
				w.putAll(t, sandbox.Options{Now: clock}, allSystems+noneOfThem)
				sites, reports := w.applyAtOnce(t, readManifest(t, allSystems+text, schema.SecretsSealed))
				found := duplicatesOf(reports)
				if len(found) != 1 || found[0].Which != sync.TakenBack || found[0].Err != nil {
					t.Fatalf("duplicates: %v, %v", found, [][]error{reports[0].Errors, reports[1].Errors})
				}
				winner := slices.IndexFunc(reports, func(r *sync.Report) bool { return r.Complete() })
				if winner < 0 {
					t.Fatalf("neither is complete: %v, %v", reports[0].Errors, reports[1].Errors)
				}
				taken := reports[1-winner].Steps
				if last := taken[len(taken)-1]; last.Step.Op != sync.OpDelete || last.Step.ID != found[0].Made || last.Outcome != sync.Done {
					t.Errorf("the last step of who made it is %+v", last)
				}
				for i, site := range sites {
					plan := w.plan(t, site, sync.Options{Others: sync.OthersListed})
					if !plan.Empty() || len(plan.Unmanaged) > 0 {
						t.Errorf("machine %d plans %+v beside %v", i, plan.Changes, plan.Unmanaged)
					}
					if tokens := site.Vault.Keys(); kind == "apiKey" && (len(tokens) == 1) != (i == winner) {
						t.Errorf("machine %d, where %d was first, keeps %q", i, winner, tokens)
					}
				}
				w.journaled(t, sites[1-winner], found[0].Made)
			})
		}
	}
}

// journaled checks that the journal of a run says that it deleted something.
func (w *world) journaled(t *testing.T, site *sync.Site, id string) {
	t.Helper()
	entries, err := os.ReadDir(site.State.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		text, err := os.ReadFile(site.State.Dir + "/" + e.Name())
		if err == nil && strings.Contains(string(text), `"begin":2`) && strings.Contains(string(text), `"op":"delete"`) && strings.Contains(string(text), `{"end":2,"outcome":"done"}`) {
			return
		}
	}
	t.Errorf("no journal says that %s was deleted: %v", id, entries)
}

// Where the service does not say when an object was made, both stay: each run
// says so, and the next plan of each which one it means and how the other goes.
func TestTwoMadeAtOnceWithoutATimeStay(t *testing.T) {
	for kind, text := range ofOneName {
		if kind == "apiKey" {
			continue // without its time it cannot be read at all
		}
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.putAll(t, sandbox.Options{}, allSystems+noneOfThem)
			env := readManifest(t, allSystems+text, schema.SecretsSealed)
			w.rewrite = timeless
			sites, reports := w.applyAtOnce(t, env)
			found := duplicatesOf(reports)
			if len(found) != 2 || found[0].Which != sync.Undecided || found[1].Which != sync.Undecided {
				t.Fatalf("duplicates: %v, %v", found, [][]error{reports[0].Errors, reports[1].Errors})
			}
			for i, site := range sites {
				plan := w.plan(t, site, sync.Options{})
				at := slices.IndexFunc(plan.Notes, func(n sync.Note) bool { return n.Code == sync.NoteDuplicate })
				if !plan.Empty() || at < 0 {
					t.Fatalf("machine %d plans %+v with %+v", i, plan.Changes, plan.Notes)
				}
				other := plan.Notes[at].Key
				if !strings.Contains(plan.Notes[at].Text, "is the one in the lock") || !strings.HasSuffix(plan.Notes[at].Text, other.String()) {
					t.Errorf("machine %d: %s", i, plan.Notes[at].Text)
				}
				if i == 0 {
					continue
				}
				o := sync.Options{Unmanaged: sync.DeleteUnmanaged, Targets: []schema.Key{other}}
				if report := sync.Apply(t.Context(), site, w.plan(t, site, o), silent); len(report.Steps) == 0 || !report.Complete() {
					t.Errorf("the other is not deleted: %+v, %v", report.Steps, report.Errors)
				}
				if plan := w.plan(t, site, sync.Options{Others: sync.OthersListed}); !plan.Empty() || len(plan.Unmanaged) > 0 {
					t.Errorf("after it: %+v beside %v", plan.Changes, plan.Unmanaged)
				}
			}
		})
	}
}

// timeless takes the times of creation out of an answer.
func timeless(w *world, rw http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	w.current.Load().ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	for _, name := range []string{"createdAt", "created_at"} {
		body = bytes.ReplaceAll(body, []byte(`"`+name+`":`), []byte(`"was_`+name+`":`))
	}
	maps.Copy(rw.Header(), rec.Header())
	rw.Header().Del("Content-Length")
	rw.WriteHeader(rec.Code)
	rw.Write(body)
}
