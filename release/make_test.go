package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// standIn is a Go that says of which version it is, cannot fetch another one,
// and does nothing.
func standIn(t *testing.T, version string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "go")
	text := "#!/bin/sh\n[ \"$1\" != version ] || { echo \"go version " + version + " linux/amd64\"; exit; }\n" +
		"[ \"$1\" = env ] && { echo local; exit; }\necho \"$GOTOOLCHAIN: $*\"\n"
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// A Go that cannot build authsync is told of in one sentence, before it stumbles
// over go.mod.
func TestGoIsToldOf(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	for name, test := range map[string]struct{ command, toolchain, want string }{
		"none":             {filepath.Join(t.TempDir(), "go"), "", `^authsync needs Go 1\.26 or newer: there is none here \(.*\n$`},
		"Debian 12":        {standIn(t, "go1.19.8"), "", `^authsync needs Go 1\.26 or newer: ".*" is go1\.19\.8\. .*\n$`},
		"its backports":    {standIn(t, "go1.23.4"), "local", `^authsync needs Go 1\.26 or newer: ".*" is go1\.23\.4 and fetches no newer one \(GOTOOLCHAIN=local\)\. .*\n$`},
		"the oldest":       {standIn(t, "go1.26.0"), "local", "^local: build \\.\n$"},
		"a newer one":      {standIn(t, "go1.30"), "local", "^local: build \\.\n$"},
		"one in the works": {standIn(t, "devel go1.29-abcdef"), "local", "^local: build \\.\n$"},
		"with a toolchain": {standIn(t, "go1.26.0"), "go1.27.4", "^go1\\.27\\.4: build \\.\n$"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("sh", ".ci/go", "build", ".")
			cmd.Dir = ".."
			cmd.Env = append(os.Environ(), "GO="+test.command, "GOTOOLCHAIN="+test.toolchain)
			said, err := cmd.CombinedOutput()
			if !regexp.MustCompile(test.want).Match(said) || (err != nil) != strings.Contains(test.want, "needs") {
				t.Errorf("%v: %s", err, said)
			}
		})
	}
}

// What make docs cannot make stays as it was.
func TestDocsStayWhereTheyCannotBeMade(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("there is no make")
	}
	dir := t.TempDir()
	for _, name := range []string{"Makefile", "go.mod", ".ci/go"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "docs", "manifest.schema.json")
	if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("make", "docs") // there is nothing to run
	cmd.Dir = dir
	if said, err := cmd.CombinedOutput(); err == nil {
		t.Errorf("it succeeds: %s", said)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "as it was" {
		t.Errorf("%q, %v", text, err)
	}
	if files, err := os.ReadDir(filepath.Dir(file)); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
}

// Wherever the program is built, it is built without what it does not use.
func TestEveryBuildLeavesTheDocumentsOut(t *testing.T) {
	for _, name := range []string{"Makefile", "Dockerfile", "action.yml", ".ci/run", "README.md"} {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		tags := regexp.MustCompile(`(?m)^TAGS\s*=\s*(\S+)`).FindSubmatch(text)
		for _, line := range strings.Split(string(text), "\n") {
			if tags != nil {
				line = strings.ReplaceAll(line, "$(TAGS)", string(tags[1]))
			}
			if regexp.MustCompile(`(go|\$\(run\)) (build|install) `).MatchString(line) && !strings.Contains(line, "-tags "+withoutDocs) {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
