package cli

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
)

// What says that it is offline asks nobody, not even a sandbox for its name.
func TestOfflineAsksNobody(t *testing.T) {
	secluded(t)
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(server.Close)
	t.Setenv("AUTHSYNC_SANDBOX", server.URL)
	envs := exampleEnvs(t)
	for _, args := range [][]string{
		{"validate", envs}, {"audit", envs}, {"secrets", "check", envs}, {"explain", "login"}, {"schema"},
		{"compare", filepath.Join(envs, "dev.yaml"), filepath.Join(envs, "prod.yaml")},
	} {
		run(t, args...)
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("%d requests", n)
	}
}
