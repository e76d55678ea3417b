package sandbox_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"authsync/remote/sandbox"
	"authsync/schema"
)

// A sandbox is known by its seed, wherever it listens, and a server that is none
// has no identity.
func TestASandboxIsKnownByItsSeed(t *testing.T) {
	identity := func(digests ...string) string {
		t.Helper()
		server := sandbox.New(sandbox.Options{})
		defer server.Close()
		for _, digest := range digests {
			if err := server.Seed(&schema.Environment{Name: "prod", Sources: []schema.Source{{Path: t.TempDir() + "/prod.yaml", SHA256: digest}}}); err != nil {
				t.Fatal(err)
			}
		}
		h := httptest.NewServer(server)
		defer h.Close()
		text, err := sandbox.Identify(t.Context(), h.URL+"/")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if a, b := identity("1", "2"), identity("2", "1"); a != b {
		t.Errorf("the same seed: %s and %s", a, b)
	}
	if a, b, none := identity("1"), identity("2"), identity(); a == b || a == none {
		t.Errorf("other seeds: %s, %s and %s", a, b, none)
	}
	for name, status := range map[string]int{"an older sandbox": 404, "no sandbox": 500} {
		h := httptest.NewServer(answering(status))
		text, err := sandbox.Identify(t.Context(), h.URL)
		h.Close()
		if (err == nil) != (status == 404) || err == nil && text != "unknown" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

func answering(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}
