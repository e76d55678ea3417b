package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/cli/render/rendertest"
	"authsync/schema/lang"
	"authsync/sync"
)

func htmlOf(t rapid.TB, plan *sync.Plan) string {
	t.Helper()
	var b strings.Builder
	if err := HTMLPlan(&b, plan, lang.English); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHTML(t *testing.T) {
	for _, row := range []struct {
		name string
		plan *sync.Plan
	}{
		{"everything", rendertest.Everything()},
		{"clean", &sync.Plan{Environments: []*sync.EnvironmentPlan{{Name: "dev"}, {Name: "prod", EnvID: "acme-prod-7gk2x9"}}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := htmlOf(t, row.plan)
			file := filepath.Join("testdata", "html", row.name+".html")
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
			if again := htmlOf(t, row.plan); again != got {
				t.Errorf("a second time it is another: %s", cmp.Diff(got, again))
			}
		})
	}
}

// A change that thousands of environments have is told once, and those with nothing to
// do are one line.
func TestHTMLOfThousands(t *testing.T) {
	page := htmlOf(t, alike(3000))
	if n := strings.Count(page, `<details class="env"`); n != 1 {
		t.Errorf("the same is told %d times", n)
	}
	for _, text := range []string{"1000 environments: nothing to do", "and 1999 others alike", "in 2000 environments", "<code>shop-2998</code>"} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is not told", text)
		}
	}
	if len(page) > 2_000_000 {
		t.Errorf("the page has %d bytes", len(page))
	}
}
