package atomicfile

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// A file that is not there yet is made, and is gone again if another cannot be written.
func TestWriteAllMakesFiles(t *testing.T) {
	journal, files := three(t)
	dir := filepath.Dir(journal)
	fresh := New{filepath.Join(dir, "fresh.yaml"), []byte("new 0")}
	inTheWay := New{Path: filepath.Join(dir, "none", "d.yaml")}
	if err := WriteAll(journal, append([]New{fresh, files[0]}, inTheWay)); err == nil {
		t.Fatal("no error for a file in no directory")
	}
	gone(t, fresh.Path)
	hold(t, "old", files)
	if err := WriteAll(journal, []New{fresh}); err != nil {
		t.Fatal(err)
	}
	hold(t, "new", []New{fresh})
}

// Nothing is begun that cannot be noted whole: where a journal is there already, or what
// a file held cannot be read, every file stays as it is.
func TestWriteAllBeginsNothing(t *testing.T) {
	t.Run("a journal is there", func(t *testing.T) {
		journal, files := three(t)
		if err := os.WriteFile(journal, []byte("[]"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := WriteAll(journal, files); err == nil {
			t.Error("no error")
		}
		hold(t, "old", files)
	})
	t.Run("a directory is in the way", func(t *testing.T) {
		journal, files := three(t)
		if err := WriteAll(journal, append(files, New{Path: filepath.Join(filepath.Dir(journal), "sub")})); err == nil {
			t.Error("no error")
		}
		hold(t, "old", files)
		gone(t, journal)
	})
}

// What is no journal, or of files that are no files any more, writes nothing.
func TestFinishRefuses(t *testing.T) {
	t.Run("another file", func(t *testing.T) {
		journal, files := three(t)
		for _, text := range []string{"", "null", "{}", "[1]", `[{"path": "a.yaml"`} {
			if err := os.WriteFile(journal, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := finish(journal, pathsOf(files)); err == nil || !strings.Contains(err.Error(), "is not a journal; delete it") {
				t.Errorf("%q: %v", text, err)
			}
		}
		hold(t, "old", files)
	})
	t.Run("no directory", func(t *testing.T) {
		_, files := three(t)
		if _, err := finish(filepath.Join(files[0].Path, ".journal"), pathsOf(files)); err == nil {
			t.Error("no error for a journal below a file")
		}
	})
	t.Run("a directory instead of a file", func(t *testing.T) {
		journal, files := three(t)
		if _, err := begin(journal, files); err != nil {
			t.Fatal(err)
		}
		if err := os.Remove(files[2].Path); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(files[2].Path, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := finish(journal, pathsOf(files)); err == nil {
			t.Error("no error")
		}
		hold(t, "old", files[:2])
	})
	t.Run("its directory is gone", func(t *testing.T) {
		journal, files := three(t)
		fresh := New{filepath.Join(filepath.Dir(journal), "new", "d.yaml"), []byte("new 0")}
		if _, err := begin(journal, []New{fresh}); err != nil {
			t.Fatal(err)
		}
		if _, err := finish(journal, []string{fresh.Path}); err == nil {
			t.Error("no error")
		}
		if _, err := os.Lstat(journal); err != nil {
			t.Error("the journal is gone, and what it holds is not written:", err)
		}
		hold(t, "old", files)
	})
}
