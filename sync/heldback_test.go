package sync_test

import (
	"net/http"
	"slices"
	"strings"
	stdsync "sync"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// callOf is what a request asks for.
func callOf(r *http.Request) string { return r.Header.Get("X-TC-Action") + r.URL.Path }

// readsOf are the requests that read the objects of one kind.
func (w *world) readsOf(t fataler, site *sync.Site, k *schema.Kind) map[string]bool {
	t.Helper()
	reads := map[string]bool{}
	var mu stdsync.Mutex
	w.before = func(_ http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		reads[callOf(r)] = !strings.Contains(r.URL.Path, "/token/")
		return false
	}
	w.read(t, site, sync.Options{Targets: []schema.Key{{Kind: k.Name}}})
	w.before = nil
	return reads
}

// While one kind that the manifest names cannot be read, nothing is taken away
// in any system, also by a plan that was made for less.
func TestNothingIsTakenAwayWhileAKindIsUnread(t *testing.T) {
	for _, k := range schema.Kinds {
		t.Run(k.Name, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.putAll(t, sandbox.Options{}, allSystems+everyKindOld)
			env := readManifest(t, allSystems+everyKindNew, schema.SecretsSealed)
			if env.Collections[k.Name] == nil {
				example, _ := examples(t, k)
				env.Collections[k.Name] = example.Collections[k.Name]
			}
			site := w.site(t, env)
			reads := w.readsOf(t, site, k)
			if len(reads) == 0 {
				t.Skip("no call shows the kind")
			}
			w.before = func(rw http.ResponseWriter, r *http.Request) bool {
				if reads[callOf(r)] && !creates(r) {
					http.Error(rw, "<html>not here</html>", http.StatusNotFound)
					return true
				}
				return false
			}
			o := sync.Options{Unmanaged: sync.DeleteUnmanaged}
			plan := allowed(sync.Build(site, sync.Read(t.Context(), site, o), o))
			if !slices.Equal(plan.Unread, []string{k.Name}) {
				t.Fatalf("unread are %q: %v", plan.Unread, plan.Errors)
			}
			report := sync.Apply(t.Context(), site, plan, silent)
			taken := 0
			for _, r := range report.Steps {
				if r.Step.Phase != sync.Take {
					continue
				}
				taken++
				if r.Outcome != sync.Skipped || r.Err == nil || !strings.Contains(r.Err.Error(), "while "+k.Name+" cannot be read") {
					t.Errorf("%s %s: %s, %v", r.Step.Op, r.Step.Key, r.Outcome, r.Err)
				}
			}
			if held, _ := plan.HeldBack(); taken == 0 || held != taken {
				t.Errorf("%d calls are said to be held back, of %d", held, taken)
			}
			if report.Complete() {
				t.Error("the run says that all is well")
			}
		})
	}
}
