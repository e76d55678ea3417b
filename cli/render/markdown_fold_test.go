package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// drawPlan is a plan of any size.
func drawPlan(t *rapid.T) *sync.Plan {
	plan := new(sync.Plan)
	for i := range rapid.IntRange(0, 12).Draw(t, "environments") {
		env := &sync.EnvironmentPlan{Name: fmt.Sprintf("env-%d", i), EnvID: "acme"}
		for j := range rapid.IntRange(0, 8).Draw(t, "objects") {
			key := schema.Key{Kind: "provider", Name: hostile().Draw(t, "name")}
			value := schema.Text(rapid.StringN(1, 2000, -1).Draw(t, "value"))
			env.Changes = append(env.Changes, diff.Change{Key: key, Action: diff.Update,
				Fields: []diff.Field{{Path: schema.Path{"config", key.Name}, Before: value, Origin: diff.OriginLive}}})
			env.Steps = append(env.Steps, sync.Step{Number: j + 1, Key: key, Fields: []string{"config"},
				Call: sync.Call{Action: "ModifyProvider", Body: schema.Object{"x": value}}})
			env.Notes = append(env.Notes, sync.Note{Key: key, Text: string(value)})
		}
		for range rapid.IntRange(0, 4).Draw(t, "gates") {
			env.Gates = append(env.Gates, sync.Gate{Name: sync.GateWeaken, Allow: "weaken", Text: hostile().Draw(t, "why")})
		}
		for range rapid.IntRange(0, 1).Draw(t, "refusals") {
			env.Refusals = append(env.Refusals, sync.Refusal{Text: hostile().Draw(t, "why")})
		}
		plan.Environments = append(plan.Environments, env)
	}
	return plan
}

// However little room there is, the page keeps to it, and nothing in it is cut
// in two. With more room it never says less of an environment.
func TestMarkdownKeepsToItsSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := drawPlan(t)
		whole := markdownOf(t, Markdown{Max: 1 << 30}, plan)
		top := max(len(whole), MarkdownMin)
		limit := rapid.OneOf(rapid.IntRange(MarkdownMin, top), rapid.IntRange(MarkdownMin, 2*MarkdownMin)).Draw(t, "bytes")
		page := markdownOf(t, Markdown{Max: limit}, plan)
		if len(page) > limit {
			t.Fatalf("%d bytes, not %d\n%s", len(page), limit, page)
		}
		if len(whole) <= limit && page != whole {
			t.Fatalf("folded for nothing: %s", cmp.Diff(whole, page))
		}
		got := see(t, page)
		if open, closed := strings.Count(page, "<details>\n"), len(got.shape); open != elements(got.shape, "details") || closed == 0 {
			t.Fatalf("%d <details> are read as %d\n%s", open, elements(got.shape, "details"), page)
		}
		for _, block := range got.code {
			if !strings.HasPrefix(block, "{\n") || !strings.HasSuffix(block, "\n}\n") {
				t.Fatalf("a body was cut: %q", block)
			}
		}
		if pointer := "authsync plan --format text"; strings.Contains(got.text, pointer) == (page == whole) {
			t.Fatalf("%q is to be there if and only if something is missing\n%s", pointer, page)
		}
		for _, text := range got.bare {
			if strings.Contains(text, "|") && text != "|" || strings.Contains(text, "```") {
				t.Fatalf("%q was a table or a fence\n%s", text, page)
			}
		}
	})
}

func elements(shape []string, name string) int {
	n := 0
	for _, element := range shape {
		if strings.HasPrefix(element, name+" ") {
			n++
		}
	}
	return n
}

// What goes first is what is least missed.
func TestMarkdownFoldsInSteps(t *testing.T) {
	long := schema.Object{}
	for i := range 40 {
		long[fmt.Sprintf("Field%02d", i)] = schema.Text("of the body")
	}
	plan := new(sync.Plan)
	for _, name := range []string{"calm-a", "calm-b", "risky"} {
		env := &sync.EnvironmentPlan{Name: name}
		for i := range 10 {
			key := schema.Key{Kind: "provider", Name: fmt.Sprintf("%s-%d", name, i)}
			env.Changes = append(env.Changes, diff.Change{Key: key, Action: diff.Update, Fields: []diff.Field{
				{Path: schema.Path{"picture"}, Before: schema.Text("before of " + name), After: schema.Text("after"), Origin: diff.OriginGit}}})
			env.Steps = append(env.Steps, sync.Step{Number: i + 1, Key: key, Call: sync.Call{Action: "Modify", Body: long}})
		}
		plan.Environments = append(plan.Environments, env)
	}
	plan.Environments[2].Gates = []sync.Gate{{Name: sync.GateWeaken, Allow: "weaken", Text: "reason of the gate"}}

	// Each line is lost at some size, and those before it are lost by then.
	order := []string{
		"`before of calm-a`", "- **update** `provider/calm-a-0`", "`before of risky`", "- **update** `provider/risky-0`", "reason of the gate",
	}
	lostAt := map[string]int{}
	for limit := 60_000; limit >= MarkdownMin; limit -= 100 {
		page := markdownOf(t, Markdown{Max: limit}, plan)
		if len(page) > limit {
			t.Fatalf("%d bytes, not %d", len(page), limit)
		}
		for _, text := range append(order, "of the body", "| `risky` |") {
			if strings.Contains(page, text) {
				lostAt[text] = limit
			}
		}
	}
	if lostAt["of the body"] < lostAt[order[0]] {
		t.Errorf("a body outlives a table")
	}
	for i, text := range order[1:] {
		if lostAt[text] == 0 || lostAt[text] >= lostAt[order[i]] {
			t.Errorf("%s shows down to %d bytes, %s to %d", order[i], lostAt[order[i]], text, lostAt[text])
		}
	}
	if lostAt["| `risky` |"] != MarkdownMin {
		t.Errorf("the lines of the table are gone at %d bytes", lostAt["| `risky` |"])
	}
}

// With more environments than there is room for lines, those with gates are
// the last to go.
func TestMarkdownOfVeryMany(t *testing.T) {
	plan := new(sync.Plan)
	for i := range 5000 {
		env := &sync.EnvironmentPlan{Name: fmt.Sprintf("tenant-%04d", i)}
		if i%1000 == 999 {
			env.Gates = []sync.Gate{{Name: sync.GateLockout, Allow: "lockout", Text: "nobody gets in"}}
		}
		plan.Environments = append(plan.Environments, env)
	}
	page := markdownOf(t, Markdown{Max: 2000}, plan)
	if n := strings.Count(page, "`lockout` | **to be allowed** |"); len(page) > 2000 || n != 5 {
		t.Errorf("%d bytes, %d lines of gates\n%s", len(page), n, page)
	}
	if !strings.Contains(page, "4995 environments: nothing to do\n") {
		t.Errorf("it is not said that there are more\n%s", page)
	}
}
