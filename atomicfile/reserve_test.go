package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is reserved takes its room at once, and is written or given up; in
// neither case is anything left beside the file.
func TestReserve(t *testing.T) {
	for name, text := range map[string]string{"shorter": "new", "longer than was thought": strings.Repeat("new", 1000)} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.yaml")
			write(t, path, "old", 0o640)
			r, err := Reserve(path, 100, 0o600)
			if err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(r.file.Name()); err != nil || info.Size() != 100 {
				t.Errorf("reserved: %v, %v", info, err)
			}
			holds(t, path, "old")
			if err := r.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
			holds(t, path, text)
			if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
				t.Errorf("its mode is %v", info.Mode())
			}
			alone(t, dir, "a.yaml")
		})
	}
}

func TestReserveGivenUp(t *testing.T) {
	dir := t.TempDir()
	r, err := Reserve(filepath.Join(dir, "a.yaml"), 100, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	r.GiveUp()
	alone(t, dir)
}
