//go:build unix

package disk_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"authsync/disk"
)

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func link(t *testing.T, to, path string) string {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func fifo(t *testing.T, path string) string {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// says fails unless an error says what is wrong, in one line.
func says(t *testing.T, what string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", what, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n")):
		t.Errorf("%s: %v, wanted: %s", what, err, want)
	}
}

func readLong(path string) error {
	_, err := disk.ReadLong(path)
	return err
}

func TestOnlyRegularFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("longest"), "")
	write(t, at("text"), "hello")
	write(t, at("large"), "")
	if err := os.Truncate(at("large"), disk.Largest+1); err != nil {
		t.Fatal(err)
	}
	write(t, at("whole"), "")
	if err := os.Truncate(at("whole"), disk.Largest); err != nil {
		t.Fatal(err)
	}
	says(t, "what grows with its environment", readLong(at("large")), "")
	if err := os.Truncate(at("longest"), disk.LargestLong+1); err != nil {
		t.Fatal(err)
	}
	says(t, "what has grown too long", readLong(at("longest")), "is larger than 64 MB")
	for path, want := range map[string]string{
		at("text"):                       "",
		link(t, "text", at("to-text")):   "",
		at("whole"):                      "",
		at("large"):                      "is larger than 16 MB",
		link(t, "large", at("to-large")): "is larger than 16 MB",
		dir:                              "is a directory, not a regular file",
		fifo(t, at("pipe")):              "is a pipe, not a regular file",
		link(t, "pipe", at("to-pipe")):   "is a pipe, not a regular file",
		link(t, "/dev/zero", at("zero")): "is a device, not a regular file",
		at("nothing"):                    "no such file",
	} {
		text, err := disk.Read(path)
		says(t, path, err, want)
		if strings.HasSuffix(path, "text") && string(text) != "hello" {
			t.Errorf("%s: %q", path, text)
		}
	}
}

// What a file is, is told in words.
func TestSortsOfFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	listener, err := net.Listen("unix", at("s"))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	for path, want := range map[string]string{
		write(t, at("text"), "hello"):    "a regular file",
		link(t, "text", at("to-text")):   "a link",
		link(t, "nowhere", at("broken")): "a link",
		dir:                              "a directory",
		fifo(t, at("pipe")):              "a pipe",
		at("s"):                          "a socket",
		"/dev/null":                      "a device",
	} {
		info, err := os.Lstat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := disk.Sort(info.Mode()); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if got := disk.Sort(fs.ModeIrregular); got != "something else" {
		t.Errorf("what is nothing of these is %s", got)
	}
	_, err = disk.Read(at("s"))
	says(t, "a socket", err, "is a socket, not a regular file")
}

// A pipe that a person names is waited for.
func TestAPipeThatAPersonNames(t *testing.T) {
	pipe := fifo(t, filepath.Join(t.TempDir(), "pipe"))
	go os.WriteFile(pipe, []byte("through a pipe"), 0)
	if text, err := disk.ReadGiven(pipe); err != nil || string(text) != "through a pipe" {
		t.Errorf("%q, %v", text, err)
	}
	_, err := disk.ReadGiven("/dev/zero")
	says(t, "what never ends", err, "is larger than 16 MB")
}

func TestBounds(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"secret.yaml", "repo/base.yaml", "repo/envs/prod.yaml", "repo/sub/envs/prod.yaml", "wide/base.yaml", "free/prod.yaml"} {
		write(t, at(name), "x")
	}
	if err := os.Mkdir(at("repo/.git"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, at("repo/sub/.git"), "gitdir: ../.git/modules/sub\n")
	link(t, "../../secret.yaml", at("repo/envs/out.yaml"))
	link(t, "../..", at("repo/envs/up"))
	link(t, "../base.yaml", at("repo/envs/in.yaml"))
	link(t, "../secret.yaml", at("free/out.yaml"))
	link(t, "repo/envs", at("named"))
	const outside = "is outside of the repository"
	for _, c := range []struct{ folder, beside, file, want string }{
		{"repo/envs", "", "repo/envs/prod.yaml", ""},
		{"repo/envs", "", "repo/envs/../base.yaml", ""},
		{"repo/envs", "", "repo/envs/in.yaml", ""},
		{"repo/envs", "", "repo/envs/out.yaml", outside},
		{"repo/envs", "", "repo/envs/up/secret.yaml", outside},
		{"repo/envs", "", "repo/envs/../../secret.yaml", outside},
		{"repo/envs", "", "repo/envs/missing.yaml", "no such file"},
		{"repo/envs", "", "repo/envs/../../missing.yaml", outside},
		{"repo/envs", "", "wide/base.yaml", outside},
		{"repo/envs", "wide", "wide/base.yaml", ""},
		{"repo/envs", "wide", "secret.yaml", outside},
		{"repo/sub/envs", "", "repo/base.yaml", ""}, // a submodule reaches what it is part of
		{"named", "", "named/prod.yaml", ""},
		{"named", "", "secret.yaml", outside},
		{"free", "", "free/out.yaml", ""},
		{"free", "wide", "free/out.yaml", ""},
	} {
		var beside []string
		if c.beside != "" {
			beside = []string{at(c.beside)}
		}
		_, err := disk.Around(at(c.folder), beside...).Read(at(c.file))
		says(t, c.folder+" and "+c.file, err, c.want)
	}
}

// What would be in a folder, or in the repository around it, is inside, whether any of
// it is there and whatever links lead there.
func TestInside(t *testing.T) {
	dir := t.TempDir()
	for _, folder := range []string{"whole/.git", "whole/part", "plain", "else"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	link(t, filepath.Join(dir, "whole", "part"), filepath.Join(dir, "else", "way"))
	for _, row := range []struct {
		folder, path string
		inside       bool
	}{
		{"plain", "plain/key.txt", true},
		{"plain", "plain/deep/er/key.txt", true},
		{"plain", "plain.txt", false},
		{"plain", "else/key.txt", false},
		{"plain", "plain/../else/key.txt", false},
		{"whole/part", "whole/key.txt", true},
		{"whole/new/er", "whole/key.txt", true},
		{"whole/part", "else/way/key.txt", true},
		{"whole", "else/way/new/key.txt", true},
		{"whole", "else/key.txt", false},
		{"new", "new/key.txt", true},
		{"new", "newer/key.txt", false},
		{"else/way", "whole/key.txt", true},
	} {
		if got := disk.Inside(filepath.Join(dir, row.folder), filepath.Join(dir, row.path)); got != row.inside {
			t.Errorf("Inside(%s, %s) is %v", row.folder, row.path, got)
		}
	}
}
