package render

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

func stepsOf(names ...string) []sync.Step {
	var steps []sync.Step
	for i, name := range names {
		steps = append(steps, sync.Step{Number: i + 1, Key: schema.Key{Kind: "record", Name: "r/" + name}, Op: sync.OpUpdate,
			Call: sync.Call{Method: "PATCH", Path: "/m/r"}, Fields: []string{"name"}})
	}
	return steps
}

// The last column begins at one cell, however wide the letters are; one long name
// stands out in its own line.
func TestColumnsOfSteps(t *testing.T) {
	long := strings.Repeat("很长的名字", 12)
	var b strings.Builder
	textSteps(&b, stepsOf("admin", "店长助理和收银员", "ｆｕｌｌ", "e\u0301te\u0301", "⚙\ufe0f gear", "한국어", long, "a\nb"), Palette{})
	last := regexp.MustCompile(`^(.*  )name$`)
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		at := Columns(last.FindStringSubmatch(line)[1])
		if strings.Contains(line, long) {
			continue
		}
		if at != 47 {
			t.Errorf("line %d: the last column begins at %d: %s", i+1, at, line)
		}
		if Columns(line) > 80 {
			t.Errorf("line %d has %d columns", i+1, Columns(line))
		}
	}
}

// A text of several lines is shown line by line: in text, and in Markdown in a
// fence that nothing inside closes.
func TestLinesThatDiffer(t *testing.T) {
	before := "<p>\n```\n::error::x\n" + strings.Repeat("same\n", 20) + "https://shop.example\n"
	plan := &sync.Plan{Environments: []*sync.EnvironmentPlan{{Name: "prod", Changes: []diff.Change{{
		Key: schema.Key{Kind: "provider", Name: "email"}, Action: diff.Update,
		Fields: []diff.Field{{Path: schema.Path{"body"}, Before: schema.Text(before), After: schema.Text(strings.Replace(before, "shop", "5hop", 1) + "```\n"), Origin: diff.OriginGit}},
	}}}}}
	var text strings.Builder
	if err := Plan(&text, plan, Palette{}); err != nil {
		t.Fatal(err)
	}
	want := `prod: 0 to create, 1 to update, 0 to delete, by 0 calls
  ~ provider/email
      body: (24 lines) -> (25 lines)  [git]
        @@ line 21 @@
          same
          same
          same
        - https://shop.example
        + https://5hop.example
        + ` + "```\n"
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	page := see(t, markdownOf(t, Markdown{}, plan))
	if got := fmt.Sprint(page.code); !strings.Contains(got, "- https://shop.example\n+ https://5hop.example\n+ ```") {
		t.Errorf("the lines are not in one block of code: %s", got)
	}
}
