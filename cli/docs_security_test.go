package cli

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	heldByTest   = regexp.MustCompile("`(Test\\w+)`")
	heldByScript = regexp.MustCompile("`([a-z-]+\\.txtar)`")
	testIn       = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// What docs/security.md promises is held by tests that are there, and its last
// table has one for each promise.
func TestPromisesAreHeldByTests(t *testing.T) {
	text, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t)
	for _, m := range heldByTest.FindAllStringSubmatch(string(text), -1) {
		if !tests[m[1]] {
			t.Errorf("docs/security.md names %s, which is not there", m[1])
		}
	}
	for _, m := range heldByScript.FindAllStringSubmatch(string(text), -1) {
		if _, err := os.Stat(filepath.Join("testdata", "script", m[1])); err != nil {
			t.Errorf("docs/security.md names %s, which is not there", m[1])
		}
	}
	_, table, found := strings.Cut(string(text), "\n## The promises\n")
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "| ") || strings.HasPrefix(line, "| promise ") {
			continue
		}
		rows++
		if !heldByTest.MatchString(line) && !heldByScript.MatchString(line) {
			t.Errorf("no test holds this promise: %s", line)
		}
	}
	if !found || rows < 10 {
		t.Errorf("docs/security.md ends with a table of %d promises", rows)
	}
}

// allTests are the names of the tests of all packages.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	tests := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range testIn.FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tests
}
