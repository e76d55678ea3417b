package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authsync/remote/sandbox"
)

// result is what a run of authsync left.
type result struct {
	code     int
	out, err string
}

// run runs authsync in this process, with an empty standard input.
func run(t *testing.T, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := Main(append([]string{"authsync"}, args...), Streams{In: strings.NewReader(""), Out: &out, Err: &err})
	return result{code, out.String(), err.String()}
}

// must runs authsync and wants the exit code.
func must(t *testing.T, code int, args ...string) result {
	t.Helper()
	r := run(t, args...)
	if r.code != code {
		t.Fatalf("authsync %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), r.code, code, r.out, r.err)
	}
	return r
}

// serve starts a sandbox with the live state of a directory and returns its URL.
func serve(t *testing.T, o sandboxOptions) string {
	t.Helper()
	server, err := seeded(o)
	if err != nil {
		t.Fatal(err)
	}
	listening, err := sandbox.Start("127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		listening.Close()
	})
	return listening.URL
}

// secluded takes from the test what the machine's user has set for authsync.
func secluded(t *testing.T) {
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "TENCENTCLOUD_") || strings.HasPrefix(name, "AUTHSYNC_") || slices.Contains([]string{"NO_COLOR", "GITHUB_STEP_SUMMARY", "CI", "GITHUB_ACTIONS", "GITLAB_CI"}, name) {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
}

// exampleSandbox serves the live state of the examples, and gives the test
// their key.
func exampleSandbox(t *testing.T) (url string) {
	secluded(t)
	url = serve(t, sandboxOptions{seed: "../examples/sandbox"})
	t.Setenv("AUTHSYNC_SANDBOX", url)
	t.Setenv("AUTHSYNC_IDENTITY_FILE", "../examples/envs/EXAMPLE-KEY-NOT-SECRET.txt")
	return url
}

func writesOf(t *testing.T, url string) []string {
	t.Helper()
	all, err := requestsOf(url)
	if err != nil {
		t.Fatal(err)
	}
	var writes []string
	for _, r := range all {
		if r.Write {
			writes = append(writes, r.String())
		}
	}
	return writes
}

// exampleEnvs is a copy of the examples' manifests: an apply writes a lock and
// a vault beside them.
func exampleEnvs(t *testing.T) string {
	t.Helper()
	envs := filepath.Join(t.TempDir(), "envs")
	if err := os.CopyFS(envs, os.DirFS("../examples/envs")); err != nil {
		t.Fatal(err)
	}
	return envs
}
