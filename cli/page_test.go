package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The page of the examples' plan is kept, so that it is reviewed like a text, and
// [render.TestPagesInABrowser] opens it.
func TestPageOfTheExamples(t *testing.T) {
	exampleSandbox(t)
	envs := exampleEnvs(t)
	got := must(t, 0, "plan", envs, "--format", "html").out
	file := filepath.Join("render", "testdata", "html", "examples.html")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got; UPDATE=1 writes it again)\n%s", diff)
	}
}
