package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// parses is a program that calls net/url.Parse, and quotes one that does not.
const (
	parses = "package main\n\nimport \"net/url\"\n\nfunc main() { u, err := url.Parse(\"x\"); println(u, err) }\n"
	quotes = "package main\n\nimport \"net/url\"\n\nfunc main() { println(url.QueryEscape(\"x\")) }\n"
)

// Govulncheck itself reads a database of one entry that is made up here.
func TestScanTellsWhatIsCalled(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds govulncheck")
	}
	t.Setenv("GOPROXY", "off")
	s := scan{tool: filepath.Join(t.TempDir(), "govulncheck.exe"), database: t.TempDir(), modified: day}
	if _, err := goIn("..", "build", "-modfile="+toolsModule, "-o", s.tool, "golang.org/x/vuln/cmd/govulncheck"); err != nil {
		t.Skipf("make lint brings govulncheck, and it is not here: %v", err)
	}
	entry := `{"schema_version": "1.3.1", "id": "GO-2026-0001", "summary": "Parse is made to fail here",
		"database_specific": {"url": "https://example.com/GO-2026-0001"}, "affected": [
		{"package": {"name": "stdlib", "ecosystem": "Go"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}],
		 "ecosystem_specific": {"imports": [{"path": "net/url", "symbols": ["Parse"]}]}}]}`
	if _, err := writeVulnDB(s.database, fstest.MapFS{"GO-2026-0001.json": {Data: []byte(entry)}}, day); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		program string
		want    error
	}{"called": {parses, errVulnerable}, "imported only": {quotes, nil}} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"go.mod": "module example.com/m\n\ngo 1.26.0\n", "main.go": test.program} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out bytes.Buffer
			err := s.run(&out, dir, runtime.GOOS, ".")
			if !errors.Is(err, test.want) || test.want == nil && err != nil {
				t.Errorf("%v, want %v\n%s", err, test.want, out.String())
			}
			if told := strings.Contains(out.String(), "GO-2026-0001"); told != (test.want != nil) {
				t.Errorf("it tells:\n%s", out.String())
			}
		})
	}
}

// The database that is pinned has a time, and govulncheck and it are pinned both.
func TestToolsArePinned(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", toolsModule))
	if err != nil {
		t.Fatal(err)
	}
	pinned := map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) >= 2 {
			pinned[words[0]] = words[1]
		}
	}
	if _, err := pseudoVersionTime(pinned["golang.org/x/vulndb"]); err != nil {
		t.Error(err)
	}
	for _, module := range []string{"golang.org/x/vuln", "honnef.co/go/tools"} {
		if pinned[module] == "" {
			t.Errorf("%s is not pinned", module)
		}
	}
	of, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if line := "\ntoolchain " + pinned["toolchain"] + "\n"; !strings.Contains(string(of), line) {
		t.Errorf("go.mod names another toolchain than %s", toolsModule)
	}
}
