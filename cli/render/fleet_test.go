package render

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// aThousand are environments of which some are to change alike, each of others in its
// own way, and the rest not at all.
func aThousand(alike, apart int) *sync.Plan {
	plan := new(sync.Plan)
	for i := range 1000 {
		env := &sync.EnvironmentPlan{Name: fmt.Sprintf("shop-%04d", i), EnvID: fmt.Sprintf("shop-%04d-7gk2x9", i)}
		switch {
		case i < alike:
			env.Changes = []diff.Change{{Key: schema.Key{Kind: "login"}, Action: diff.Update, Fields: []diff.Field{
				{Path: schema.Path{"anonymousLogin"}, Before: schema.Bool(true), After: schema.Bool(false), Origin: diff.OriginGit}}}}
		case i < alike+apart:
			env.Changes = []diff.Change{{Key: schema.Key{Kind: "client", Name: "default"}, Action: diff.Update, Fields: []diff.Field{
				{Path: schema.Path{"maxDevice"}, Before: schema.Number(fmt.Sprint(i)), After: schema.Number(fmt.Sprint(i + 1)), Origin: diff.OriginGit}}}}
		}
		for j, c := range env.Changes {
			env.Steps = append(env.Steps, sync.Step{Number: j + 1, Key: c.Key, Fields: []string{c.Fields[0].Path[0]}, Call: sync.Call{Action: "Modify", Body: schema.Object{"X": c.Fields[0].After}}})
			env.Gates = append(env.Gates, sync.Gate{Name: sync.GateWeaken, Allow: "weaken", Key: c.Key, Fields: []schema.Path{c.Fields[0].Path}, Text: "a stolen token works for longer"})
		}
		plan.Environments = append(plan.Environments, env)
	}
	return plan
}

func drifted1000(plan *sync.Plan) (all []*sync.Drifted) {
	for _, env := range plan.Environments {
		d := &sync.Drifted{Name: env.Name, EnvID: env.EnvID}
		for _, c := range env.Changes {
			d.Moves = append(d.Moves, sync.Move{Key: c.Key, What: sync.Changed, Version: "0.1.0", Fields: c.Fields})
		}
		all = append(all, d)
	}
	return all
}

// Every change of a thousand environments shows within the size of a comment.
func TestMarkdownOfAFleet(t *testing.T) {
	for _, row := range []struct {
		alike, apart int
		want         []string
	}{
		{100, 900, []string{"- 100 environments: `login.anonymousLogin true -> false [git]`: `shop-0000`, `shop-0001`, `shop-0002`, `shop-0003` and 96 more\n"}},
		{100, 20, []string{"- 100 environments: `login.anonymousLogin true -> false [git]`: `shop-0000`, `shop-0001`,", "`shop-0098`, `shop-0099`\n", "880 environments: nothing to do\n"}},
		{1000, 0, []string{"- 1000 environments: `login.anonymousLogin true -> false [git]`"}},
		{0, 0, []string{"1000 environments: nothing to do\n"}},
	} {
		t.Run(fmt.Sprint(row.alike, " alike, ", row.apart, " apart"), func(t *testing.T) {
			plan := aThousand(row.alike, row.apart)
			page := markdownOf(t, Markdown{Command: "plan", Max: MarkdownMax}, plan)
			want := row.want
			for i := row.alike; i < row.alike+row.apart; i++ {
				want = append(want, fmt.Sprintf("- `shop-%04d`: `client/default.maxDevice %d -> %d [git]`\n", i, i, i+1))
			}
			shows(t, page, want)
		})
	}
}

func shows(t *testing.T, page string, want []string) {
	t.Helper()
	if len(page) > MarkdownMax {
		t.Errorf("%d bytes", len(page))
	}
	missing := 0
	for _, text := range want {
		if !strings.Contains(page, text) {
			if missing++; missing < 5 {
				t.Errorf("%q does not show", text)
			}
		}
	}
	if missing > 0 {
		t.Errorf("%d do not show in\n%.3000s", missing, page)
	}
}

func TestMarkdownOfTheDriftOfAFleet(t *testing.T) {
	var b strings.Builder
	if err := (Markdown{Command: "drift", Max: MarkdownMax}).Drift(&b, sync.FleetDrift{Environments: drifted1000(aThousand(100, 800))}); err != nil {
		t.Fatal(err)
	}
	want := []string{"\n100 environments: login.anonymousLogin true -> false: shop-0000, shop-0001,", ", shop-0099\n", "\n100 environments: nothing moved\n"}
	for i := 100; i < 900; i++ {
		want = append(want, fmt.Sprintf("\nshop-%04d: client/default.maxDevice %d -> %d\n", i, i, i+1))
	}
	shows(t, b.String(), want)
}

// What is not compared, what breaks a rule and what git has removed comes first, in the
// shortest form too; what does not fit even then is cut, and where all of it is said.
func TestMarkdownOfTheDriftOfAFleetThatIsPressing(t *testing.T) {
	all := drifted1000(aThousand(100, 900))
	for _, d := range all[:3] {
		d.Errors = []error{errors.New("cloudbase: DescribeClient: 403")}
		d.Findings = []*schema.Fault{{Rule: "policy/few", Severity: schema.Doubtful, Text: "maxDevice is 50, and policy few takes at most 5"}}
		d.Removed = []sync.Removed{{Key: schema.Key{Kind: "provider", Name: "old"}}}
	}
	var b strings.Builder
	if err := (Markdown{Command: "drift", Max: MarkdownMax}).Drift(&b, sync.FleetDrift{Environments: all}); err != nil {
		t.Fatal(err)
	}
	shows(t, b.String(), []string{
		"\n3 environments: not compared: cloudbase: DescribeClient: 403",
		"\n3 environments: warning: maxDevice is 50, and policy few takes at most 5",
		"\n3 environments: removed from git: provider/old",
		"\nshop-0999: client/default.maxDevice 999 -> 1000\n",
	})
	for _, most := range []int{1 << 20, 20_000} {
		b.Reset()
		if err := (Markdown{Command: "drift", Max: most}).Drift(&b, sync.FleetDrift{Environments: all}); err != nil {
			t.Fatal(err)
		}
		if whole := strings.Contains(b.String(), "\nshop-0999 (shop-0999-7gk2x9): 1 object moved"); whole != (most > MarkdownMax) || b.Len() > most {
			t.Errorf("at most %d bytes: %d bytes, whole: %v", most, b.Len(), whole)
		}
	}
}

func TestTextOfAFleet(t *testing.T) {
	var b strings.Builder
	if err := Plan(&b, aThousand(100, 2), Palette{}); err != nil {
		t.Fatal(err)
	}
	shows(t, b.String(), []string{
		"100 environments: login.anonymousLogin true -> false [git]\n", "\n898 environments: nothing to do\n",
		"\n100 environments: 0 to create, 1 to update, 0 to delete, by 1 call\n  in: shop-0000, shop-0001,", ", shop-0099\n",
		"\nshop-0100 (shop-0100-7gk2x9): 0 to create, 1 to update, 0 to delete, by 1 call\n", "      maxDevice: 101 -> 102  [git]\n",
	})
	b.Reset()
	if err := Drift(&b, sync.FleetDrift{Environments: drifted1000(aThousand(100, 2))}, Palette{}); err != nil {
		t.Fatal(err)
	}
	shows(t, b.String(), []string{"100 environments: login.anonymousLogin true -> false\n", "\n898 environments: nothing moved\n", "\nshop-0101 (shop-0101-7gk2x9): 1 object moved"})
}

// drawFleet is a plan of environments that have some changes in common.
func drawFleet(t *rapid.T) *sync.Plan {
	values := []schema.Value{schema.Bool(true), schema.Bool(false), schema.Text("a -> b"), schema.Text("| x"), schema.Number("7"), nil}
	var pool []diff.Change
	for i := range rapid.IntRange(1, 6).Draw(t, "changes") {
		c := diff.Change{Key: schema.Key{Kind: "provider", Name: fmt.Sprintf("p%d", i)}, Action: rapid.SampledFrom([]diff.Action{diff.Create, diff.Update, diff.Delete, diff.Replace}).Draw(t, "action")}
		for j := range rapid.IntRange(1, 3).Draw(t, "fields") {
			c.Fields = append(c.Fields, diff.Field{Path: schema.Path{"config", fmt.Sprintf("f%d", j)}, Before: rapid.SampledFrom(values).Draw(t, "before"), After: rapid.SampledFrom(values).Draw(t, "after"),
				Origin: rapid.SampledFrom([]diff.Origin{diff.OriginGit, diff.OriginLive, diff.OriginUnknown}).Draw(t, "origin")})
		}
		pool = append(pool, c)
	}
	plan := new(sync.Plan)
	for i := range rapid.IntRange(fleetSize, 30).Draw(t, "environments") {
		env := &sync.EnvironmentPlan{Name: fmt.Sprintf("env-%02d", i)}
		for _, c := range pool {
			if rapid.Bool().Draw(t, "has it") {
				env.Changes = append(env.Changes, c)
			}
		}
		plan.Environments = append(plan.Environments, env)
	}
	return plan
}

// However changes are shared, each of each environment is told.
func TestAFleetTellsEachChangeOfEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := drawFleet(t)
		page := strings.Split(markdownOf(t, Markdown{Max: 1 << 30}, plan), "\n")
		var text strings.Builder
		if err := Plan(&text, plan, Palette{}); err != nil {
			t.Fatal(err)
		}
		blocks := strings.Split(text.String(), "\n\n")
		for _, env := range plan.Environments {
			for _, s := range changesTold(env, Palette{}) {
				if !tells(page, "- ", asCode(env.Name), asCode(s.full)) {
					t.Fatalf("%s: %q is not told in\n%s", env.Name, s.full, strings.Join(page, "\n"))
				}
			}
			for _, c := range env.Changes {
				var change strings.Builder
				textChange(&change, c, "", Palette{})
				if !tells(blocks, "", env.Name, strings.TrimSpace(change.String())) {
					t.Fatalf("%s: %q is not told in\n%s", env.Name, change.String(), text.String())
				}
			}
		}
	})
}

// tells reports whether one of the texts begins so and contains all words.
func tells(texts []string, begins string, words ...string) bool {
	for _, text := range texts {
		all := strings.HasPrefix(text, begins)
		for _, word := range words {
			all = all && strings.Contains(text, word)
		}
		if all {
			return true
		}
	}
	return false
}
