package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// instructions are the lines of the Dockerfile, continued ones joined, by stage.
func instructions(t *testing.T) (build, final []string) {
	t.Helper()
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	stages := 0
	for _, line := range strings.Split(strings.ReplaceAll(string(text), "\\\n", " "), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "FROM ") {
			stages++
		}
		if stages == 1 {
			build = append(build, line)
		} else {
			final = append(final, line)
		}
	}
	if stages != 2 {
		t.Fatalf("%d stages, want 2", stages)
	}
	return build, final
}

// The image holds the binary and the certificates, and does not run as root.
func TestImageHoldsNothingElse(t *testing.T) {
	_, final := instructions(t)
	var copied []string
	user := ""
	for _, line := range final[1:] {
		words := strings.Fields(line)
		switch words[0] {
		case "COPY":
			copied = append(copied, words[len(words)-1])
		case "USER":
			user = words[1]
		case "WORKDIR", "ENTRYPOINT":
		default:
			t.Errorf("%s", line)
		}
	}
	if want := []string{"/etc/ssl/certs/ca-certificates.crt", "/authsync"}; final[0] != "FROM scratch" || !slices.Equal(copied, want) {
		t.Errorf("%s with %v, want scratch with %v", final[0], copied, want)
	}
	if !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("user %q, want numbers, and not root's", user)
	}
}

// The version of Go in the image is the toolchain that go.mod names.
func TestImageHasTheToolchain(t *testing.T) {
	build, _ := instructions(t)
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`(?m)^toolchain go(\S+)$`).FindSubmatch(text)
	if names == nil || build[0] != "FROM golang:"+string(names[1])+" AS build" {
		t.Errorf("%s, and go.mod names %s", build[0], names)
	}
}

// context copies what .dockerignore lets through, which here is * and then
// names of the top level that are let through, and patterns below them.
func context(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	var dropped []string
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		name, kept := strings.CutPrefix(line, "!")
		below, everywhere := strings.CutPrefix(line, "**/")
		switch {
		case line == "*" || strings.HasPrefix(line, "#"):
			continue
		case everywhere:
			dropped = append(dropped, below)
			continue
		case !kept:
			t.Fatalf("%s: this test does not know what it means", line)
		}
		if info, err := os.Stat(filepath.Join("..", name)); err != nil {
			t.Errorf("%s lets through what is not there: %v", line, err)
		} else if info.IsDir() {
			err = os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join("..", name)))
			if err != nil {
				t.Fatal(err)
			}
		} else {
			content, err := os.ReadFile(filepath.Join("..", name))
			if err == nil {
				err = os.WriteFile(filepath.Join(to, name), content, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	err = filepath.WalkDir(to, func(file string, _ os.DirEntry, err error) error {
		for _, pattern := range dropped {
			if match, _ := filepath.Match(pattern, filepath.Base(file)); match && err == nil {
				return os.RemoveAll(file)
			}
		}
		if os.IsNotExist(err) {
			return nil
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

// The build of the image is run here, on what its context holds.
func TestImageBuilds(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds authsync")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	build, _ := instructions(t)
	from, file := context(t), filepath.Join(t.TempDir(), "authsync")
	for _, line := range build {
		words := strings.Fields(line)
		if words[0] != "COPY" {
			continue
		}
		for _, name := range words[1 : len(words)-1] {
			if _, err := os.Stat(filepath.Join(from, name)); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	last := build[len(build)-1]
	command := strings.Replace(strings.TrimPrefix(last, "RUN "), "-o /authsync ", "-o "+file+" ", 1)
	for _, test := range []struct{ version, commit, want string }{
		{"1.2.3", "0123456789ab", "authsync 1.2.3 (0123456789ab)\n"},
		{"", "", ""},
	} {
		cmd := exec.Command("sh", "-ec", command)
		cmd.Dir = from
		cmd.Env = append(os.Environ(), "VERSION="+test.version, "COMMIT="+test.commit)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", last, err, said)
		}
		said, err := exec.Command(file, "version").Output()
		if err != nil || test.want != "" && string(said) != test.want || !strings.HasPrefix(string(said), "authsync ") {
			t.Errorf("version: %q, %v", said, err)
		}
	}
}
