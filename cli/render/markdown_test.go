package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/cli/render/rendertest"
	"authsync/sync"
)

func markdownOf(t rapid.TB, m Markdown, plan *sync.Plan) string {
	t.Helper()
	if m.Command == "" {
		m.Command = "plan"
	}
	if m.Max == 0 {
		m.Max = MarkdownMax
	}
	var b strings.Builder
	if err := m.Plan(&b, plan); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	for _, row := range []struct {
		name string
		plan *sync.Plan
		with Markdown
	}{
		{"everything", rendertest.Everything(), Markdown{}},
		{"folded", rendertest.Everything(), Markdown{Max: 3000, Marker: "nightly"}},
		{"smallest", rendertest.Everything(), Markdown{Max: MarkdownMin}},
		{"clean", &sync.Plan{Environments: []*sync.EnvironmentPlan{{Name: "dev"}, {Name: "prod", EnvID: "acme-prod-7gk2x9"}}}, Markdown{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := markdownOf(t, row.with, row.plan)
			file := filepath.Join("testdata", "markdown", row.name+".md")
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
			if again := markdownOf(t, row.with, row.plan); again != got {
				t.Errorf("a second time it is another: %s", cmp.Diff(got, again))
			}
		})
	}
}
