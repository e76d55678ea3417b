//go:build unix

package atomicfile

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is there and is no regular file is written to, and stays what it is; a link
// leads to a regular file of the repository alone.
func TestOutput(t *testing.T) {
	const old, text = "old", "the new text"
	for name, c := range map[string]struct {
		put   func(t *testing.T, dir, path string)
		fault string
		sort  os.FileMode // of the path afterwards
		held  string      // the file that has the text
	}{
		"nothing": {func(*testing.T, string, string) {}, "", 0, "repo/out"},
		"a file":  {func(t *testing.T, dir, path string) { put(t, path, old) }, "", 0, "repo/out"},
		"a manifest": {func(t *testing.T, dir, path string) { put(t, path, "# ours\napiVersion: authsync/v1\n") },
			"is a manifest, lock or vault", 0, ""},
		"a link":               {func(t *testing.T, dir, path string) { put(t, dir+"/repo/to", old); link(t, "to", path) }, "", os.ModeSymlink, "repo/to"},
		"a link out of it":     {func(t *testing.T, dir, path string) { link(t, "../precious", path) }, "is a link that leads out of the repository", os.ModeSymlink, ""},
		"a link to nothing":    {func(t *testing.T, dir, path string) { link(t, "../none", path) }, "is a link to nothing", os.ModeSymlink, ""},
		"a link to itself":     {func(t *testing.T, dir, path string) { link(t, "out", path) }, "is a link to nothing", os.ModeSymlink, ""},
		"a directory":          {func(t *testing.T, dir, path string) { os.Mkdir(path, 0o755) }, "is a directory", os.ModeDir, ""},
		"a link to a device":   {func(t *testing.T, dir, path string) { link(t, "/dev/null", path) }, "", os.ModeSymlink, ""},
		"a link to a full one": {func(t *testing.T, dir, path string) { link(t, "/dev/full", path) }, "no space left", os.ModeSymlink, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "repo", "out")
			if err := os.MkdirAll(filepath.Join(dir, "repo", ".git"), 0o755); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, "precious"), old)
			c.put(t, dir, path)
			err := Output(path, []byte(text), 0o600)
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("%v, wanted %q", err, c.fault)
			}
			if info, err := os.Lstat(path); err != nil || info.Mode().Type() != c.sort {
				t.Errorf("it is now %v, %v", info, err)
			}
			if got, err := os.ReadFile(filepath.Join(dir, "precious")); string(got) != old {
				t.Errorf("precious: %q, %v", got, err)
			}
			if got, _ := os.ReadFile(filepath.Join(dir, c.held)); c.held != "" && string(got) != text {
				t.Errorf("%s: %q", c.held, got)
			}
		})
	}
}

func TestOutputToAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			t.Error(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Error(err)
		}
		got <- string(text)
	}()
	if err := Output(path, []byte("through"), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := <-got; text != "through" {
		t.Errorf("%q", text)
	}
	if err := Write(path, []byte("x"), 0o600); err == nil || !strings.Contains(err.Error(), "is a pipe, which is not replaced by a file") {
		t.Errorf("%v", err)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}
