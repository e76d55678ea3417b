package atomicfile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// three are files of two directories, and the new texts for them.
func three(t *testing.T) (journal string, files []New) {
	t.Helper()
	dir := t.TempDir()
	for i, name := range []string{"a.yaml", "sub/b.yaml", "c.yaml"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, fmt.Appendf(nil, "old %d", i), 0o640); err != nil {
			t.Fatal(err)
		}
		files = append(files, New{path, fmt.Appendf(nil, "new %d", i)})
	}
	return filepath.Join(dir, ".journal"), files
}

func pathsOf(files []New) []string {
	var paths []string
	for _, f := range files {
		paths = append(paths, f.Path)
	}
	return paths
}

// finish ends what a run that was cut off began.
func finish(journal string, among []string) ([]string, error) {
	u, err := ReadUnfinished(journal, among)
	if err != nil || u == nil {
		return nil, err
	}
	return u.Paths, u.Finish()
}

func hold(t *testing.T, what string, files []New) {
	t.Helper()
	for i, f := range files {
		text, err := os.ReadFile(f.Path)
		if want := fmt.Sprintf("%s %d", what, i); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v; want %q", f.Path, text, err, want)
		}
	}
}

func gone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", path, err)
	}
}

func TestWriteAll(t *testing.T) {
	journal, files := three(t)
	if err := WriteAll(journal, files); err != nil {
		t.Fatal(err)
	}
	hold(t, "new", files)
	gone(t, journal)
	if info, err := os.Stat(files[0].Path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// A file that cannot be written gives those before it their old text back.
func TestWriteAllOrNone(t *testing.T) {
	journal, files := three(t)
	inTheWay := New{Path: filepath.Join(filepath.Dir(journal), "none", "d.yaml"), Text: []byte("new")}
	if err := WriteAll(journal, append(files, inTheWay)); err == nil {
		t.Fatal("no error for a file in no directory")
	}
	hold(t, "old", files)
	gone(t, journal)
}

// Wherever a run is cut off, the next one ends it.
func TestFinish(t *testing.T) {
	for written := range 4 {
		t.Run(fmt.Sprint(written, " written"), func(t *testing.T) {
			journal, files := three(t)
			if _, err := begin(journal, files); err != nil {
				t.Fatal(err)
			}
			for _, f := range files[:written] {
				if err := Write(f.Path, f.Text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			paths, err := finish(journal, pathsOf(files))
			if err != nil || len(paths) != 3 {
				t.Fatalf("%q, %v", paths, err)
			}
			hold(t, "new", files)
			gone(t, journal)
			if paths, err := finish(journal, pathsOf(files)); err != nil || len(paths) != 0 {
				t.Errorf("again: %q, %v", paths, err)
			}
		})
	}
}

// What somebody changed in between is not overwritten, nor is anything else.
func TestFinishChanged(t *testing.T) {
	journal, files := three(t)
	if _, err := begin(journal, files); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(files[2].Path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := finish(journal, pathsOf(files)); err == nil {
		t.Fatal("no error for a changed file")
	}
	hold(t, "old", files[:2])
}

// A journal writes nothing but what its reader would.
func TestFinishAmong(t *testing.T) {
	journal, files := three(t)
	if _, err := begin(journal, files); err != nil {
		t.Fatal(err)
	}
	if _, err := finish(journal, pathsOf(files[:2])); err == nil {
		t.Fatal("no error for a file that is not among those given")
	}
	hold(t, "old", files)
}
