package atomicfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func write(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func holds(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", path, got, err, want)
	}
}

// alone fails if anything is in a directory besides what is named.
func alone(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.Contains(" "+strings.Join(names, " ")+" ", " "+e.Name()+" ") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	if err := Write(path, []byte("new"), 0o640); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "new")
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("a new file has %v", info.Mode())
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, []byte("newer"), 0o644); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "newer")
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("a file that was there has %v now", info.Mode())
	}
	alone(t, dir, "a.yaml")
}

func TestWriteThroughALink(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.yaml"), filepath.Join(dir, "link.yaml")
	write(t, real, "old", 0o600)
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	if err := Write(link, []byte("new"), 0o644); err != nil {
		t.Fatal(err)
	}
	holds(t, real, "new")
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is a link no longer: %v, %v", info, err)
	}
}

func TestWriteThatFails(t *testing.T) {
	dir := t.TempDir()
	under := filepath.Join(dir, "a-file")
	write(t, under, "x", 0o600)
	full := filepath.Join(dir, "full")
	if err := os.MkdirAll(filepath.Join(full, "child"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"in a directory that is not there": filepath.Join(dir, "missing", "a.yaml"),
		"below a file":                     filepath.Join(under, "a.yaml"),
		"in the place of a directory":      full,
	} {
		err := Write(path, []byte("the-text"), 0o644)
		if err == nil || strings.Contains(err.Error(), "the-text") {
			t.Errorf("%s: %v", name, err)
		}
	}
	alone(t, dir, "a-file", "full")
}

// Whoever reads while a file is replaced finds one text or the other, whole.
func TestReadersNeverSeeAPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	texts := [][]byte{bytes.Repeat([]byte("a"), 1<<16), bytes.Repeat([]byte("b"), 1<<16)}
	write(t, path, string(texts[0]), 0o600)
	done := make(chan struct{})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				got, err := os.ReadFile(path)
				if err != nil || !bytes.Equal(got, texts[0]) && !bytes.Equal(got, texts[1]) {
					t.Errorf("%d bytes, %v", len(got), err)
					return
				}
			}
		})
	}
	for i := range 100 {
		if err := Write(path, texts[i%2], 0o600); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wait.Wait()
}

func TestSweepTakesWhatDeadWritersLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	long := time.Now().Add(-time.Hour)
	for _, name := range []string{".a.yaml.123", ".a.yaml.bak", ".b.yaml.123", ".a.yaml.9.yaml", "a.yaml", "a.yaml.7"} {
		write(t, filepath.Join(dir, name), name, 0o600)
		if err := os.Chtimes(filepath.Join(dir, name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, ".a.yaml.456"), "somebody writes it now", 0o600)
	Sweep(path)
	if _, err := os.Stat(filepath.Join(dir, ".a.yaml.123")); err == nil {
		t.Error(".a.yaml.123 is still there")
	}
	for _, name := range []string{".a.yaml.bak", ".b.yaml.123", ".a.yaml.9.yaml", "a.yaml", "a.yaml.7", ".a.yaml.456"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("%s is gone", name)
		}
	}
	Sweep(filepath.Join(dir, "missing", "a.yaml"))
}

func TestErrorsNameTheFileThatWasMeant(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "prod.yaml")
	_, err := createHidden(path, ".*")
	if err == nil || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("%v", err)
	}
	dir := t.TempDir()
	f, err := createHidden(filepath.Join(dir, "prod.yaml"), ".*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if name := filepath.Base(f.Name()); !strings.HasPrefix(name, ".prod.yaml.") || !strings.HasSuffix(name, ".yaml") {
		t.Error(fmt.Sprint("the name is ", name))
	}
}
