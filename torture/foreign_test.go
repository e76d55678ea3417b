package torture

import (
	"os"
	"path/filepath"
	"testing"
)

// Lock and vault of another service, found beside a manifest, are not believed: an
// apply comes to the same end as without them.
func TestFilesOfAnotherService(t *testing.T) {
	s := scenarios[0]
	u := undisturb(t, s)
	live := t.TempDir() // of another seed, and so another service
	if err := os.CopyFS(live, os.DirFS("testdata/live")); err != nil {
		t.Fatal(err)
	}
	seed, err := os.OpenFile(filepath.Join(live, manifestName), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = seed.WriteString("# another one\n"); err != nil || seed.Close() != nil {
		t.Fatal(err)
	}
	other, err := newWorld(t.TempDir(), live, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.want(bench.git[s.git]); err != nil {
		t.Fatal(err)
	}
	if o, err := other.consent(applying()...); err != nil || o.code != 0 {
		t.Fatal(o, err)
	}
	w, err := s.begin(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	for _, name := range []string{"prod.lock.yaml", "prod.vault.yaml"} {
		text, err := os.ReadFile(filepath.Join(other.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(w.dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if o, err := w.consent(applying()...); err != nil || o.code != 0 {
		t.Fatal(o, err)
	}
	var r result
	if err := r.settled(w, u); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.problems {
		t.Error(p)
	}
}
