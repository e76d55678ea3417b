package sandbox

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The clients are installed as the lock file says: exact versions with digests, and
// from no host in particular.
func TestConformanceLockFile(t *testing.T) {
	text, err := os.ReadFile("conformance/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "://") {
		t.Error("the lock file names a host")
	}
	var lock struct {
		Packages map[string]struct {
			Integrity    string
			Dependencies map[string]string
		}
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	for name, p := range lock.Packages {
		if name != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
			t.Errorf("%s has the digest %q", name, p.Integrity)
		}
	}
	for name, version := range lock.Packages[""].Dependencies {
		if strings.ContainsAny(version, "^~*<>|x ") {
			t.Errorf("%s is wanted in any version of %s", name, version)
		}
	}
}

// Where Node is missing, the run says so in the words that CI repeats at its end.
func TestConformanceSaysWhatItLacks(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell here")
	}
	path := t.TempDir()
	for _, tool := range []string{"dirname", "basename"} {
		found, err := exec.LookPath(tool)
		if err != nil {
			t.Skipf("there is no %s here", tool)
		}
		if err := os.Symlink(found, filepath.Join(path, tool)); err != nil {
			t.Skip(err)
		}
	}
	run := exec.CommandContext(t.Context(), sh, "conformance/run", "conformance/run")
	run.Env = []string{"PATH=" + path}
	out, err := run.CombinedOutput()
	const words = "conformance: not run: "
	if err != nil || !strings.HasPrefix(string(out), words+"Node is missing") {
		t.Errorf("%v: %s", err, out)
	}
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(ci), words) {
		t.Errorf("CI does not look for %q", words)
	}
}
