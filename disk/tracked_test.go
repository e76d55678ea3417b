package disk_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"authsync/disk"
)

// git runs git in a directory, with no settings of whoever runs the test.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// The index is read as git reads it, in each of its formats.
func TestTracked(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	formats := map[string][][]string{
		"version 2": {{"update-index", "--index-version", "2"}},
		"version 3": {{"update-index", "--index-version", "3"}, {"update-index", "--skip-worktree", "envs/a.yaml"}},
		"version 4": {{"update-index", "--index-version", "4"}},
		"split":     {{"update-index", "--split-index"}},
		"unsplit":   {{"update-index", "--split-index"}, {"update-index", "--no-split-index"}},
	}
	for name, format := range formats {
		for _, digest := range []string{"sha1", "sha256"} {
			t.Run(name+" "+digest, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "repo")
				git(t, filepath.Dir(dir), "init", "-q", "--object-format="+digest, dir)
				for i := range 30 {
					write(t, filepath.Join(dir, fmt.Sprintf("docs/%0*d.md", i+1, i)), "x")
				}
				for _, file := range []string{"envs/.authrc", "envs/.authsync/prod-1.snapshot.yaml", "envs/a.yaml", "envs/key.txt"} {
					write(t, filepath.Join(dir, file), "x")
				}
				git(t, dir, "add", "-A", "-f")
				git(t, dir, "commit", "-q", "-m", "x")
				for _, args := range format {
					git(t, dir, args...)
				}
				write(t, filepath.Join(dir, "envs/later.txt"), "x")
				git(t, dir, "add", "envs/later.txt")
				isTracked(t, dir)
				beside := dir + "-beside"
				git(t, dir, "worktree", "add", "-q", beside)
				if found, err := disk.Tracked(filepath.Join(beside, "envs/key.txt")); err != nil || found != "envs/key.txt" {
					t.Errorf("in a worktree: %q, %v", found, err)
				}
			})
		}
	}
}

func isTracked(t *testing.T, dir string) {
	t.Helper()
	for path, want := range map[string]string{
		"envs/.authsync":  "envs/.authsync/prod-1.snapshot.yaml",
		"envs/key.txt":    "envs/key.txt",
		"envs/later.txt":  "envs/later.txt",
		"envs/.auth":      "",
		"envs/none":       "",
		"envs/.authsync2": "",
		".authsync":       "",
	} {
		if found, err := disk.Tracked(filepath.Join(dir, path)); err != nil || found != want {
			t.Errorf("%s: %q, %v; wanted %q", path, found, err, want)
		}
	}
}

// What a repository around another one tracks counts as well; what is cut off is
// an error, never a crash.
func TestTrackedAroundAndDamaged(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	write(t, filepath.Join(dir, "inner/.authsync/prod.apply"), "x")
	git(t, dir, "add", "-f", "inner")
	git(t, filepath.Join(dir, "inner"), "init", "-q")
	if found, err := disk.Tracked(filepath.Join(dir, "inner/.authsync")); err != nil || found != "inner/.authsync/prod.apply" {
		t.Errorf("%q, %v", found, err)
	}
	index := filepath.Join(dir, ".git/index")
	whole, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if err := os.WriteFile(index, whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		disk.Tracked(filepath.Join(dir, "inner/none"))
	}
}
