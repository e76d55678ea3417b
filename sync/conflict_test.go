package sync_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"authsync/remote/sandbox"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// A refusal of a creation since there is one already names that one, and does
// not lead back to the same plan.
func TestConflictNamesTheOtherSide(t *testing.T) {
	for name, c := range map[string]struct{ live, want, meanwhile, advice string }{
		"in case":          {"connectors: {GitHub: {type: Social, config: {app_id: '1'}}}\n", "live has connector/GitHub, which differs in case only", "", "name it in the manifest as live does"},
		"its very name":    {"", "live has connector/github", "connectors: {github: {type: Social, config: {app_id: '1'}}}\n", "apply again"},
		"nothing is alike": {"connectors: {other: {type: Social, config: {app_id: '1'}}}\n", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, transport.Options{})
			w.putAll(t, sandbox.Options{}, allSystems+c.live)
			site := w.site(t, readManifest(t, allSystems+"connectors: {github: {type: Social, config: {app_id: '1'}}}\n", schema.SecretsSealed))
			plan := w.plan(t, site, sync.Options{})
			w.before = func(rw http.ResponseWriter, r *http.Request) bool {
				if !creates(r) {
					return false
				}
				if c.meanwhile != "" { // another run has made it
					w.putAll(t, sandbox.Options{}, allSystems+c.meanwhile)
				}
				rw.WriteHeader(http.StatusConflict)
				rw.Write([]byte(`{"code": 409, "message": "connector exists"}`))
				return true
			}
			report := sync.Apply(t.Context(), site, plan, silent)
			err := report.Steps[0].Err
			var conflict *sync.ConflictError
			if got := errors.As(err, &conflict); got != (c.want != "") || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "connector exists") {
				t.Fatalf("%v", err)
			}
			if conflict != nil && !strings.Contains(conflict.AdviceOn(nil).String(), c.advice) {
				t.Error(conflict.AdviceOn(nil))
			}
		})
	}
}
