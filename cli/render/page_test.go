package render

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"authsync/cli/render/rendertest"
	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/sync"
)

// pages are what the browser opens, by name: those of testdata, and those of results
// that are too large or too hostile to be kept there.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	kept, err := filepath.Glob("testdata/html/*.html")
	if err != nil || len(kept) == 0 {
		t.Fatal(err, kept)
	}
	for _, file := range kept {
		all[strings.TrimSuffix(filepath.Base(file), ".html")] = file
	}
	dir := t.TempDir()
	for name, page := range map[string]string{
		"alike": htmlOf(t, alike(600)), "many": htmlOf(t, many()), "hostile": htmlOf(t, spread(unbroken(), schema.Object{strings.Repeat("y", 900): schema.Text(strings.Repeat("z", 900))})),
		"drift": driftPage(t, lang.English), "apply": applyPage(t, lang.English), "audit": auditPage(t, "client "+strings.Repeat("x", 500)+"\u202e<script>", lang.English),
		"drift in Chinese": driftPage(t, lang.Chinese), "apply in Chinese": applyPage(t, lang.Chinese), "audit in Chinese": auditPage(t, "client", lang.Chinese),
	} {
		all[name] = filepath.Join(dir, name+".html")
		if err := os.WriteFile(all[name], []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// alike is a plan of environments of which most are alike.
func alike(n int) *sync.Plan {
	plan := &sync.Plan{}
	for i := range n {
		env := *rendertest.Everything().Environments[1]
		env.Name, env.EnvID = numbered("shop", i), numbered("acme", i)
		if i%3 == 0 {
			env = sync.EnvironmentPlan{Name: env.Name}
		}
		plan.Environments = append(plan.Environments, &env)
	}
	return plan
}

// many is a plan of environments of which each is another.
func many() *sync.Plan {
	plan := &sync.Plan{}
	for i := range 12 {
		env := *rendertest.Everything().Environments[i%4]
		env.Name = numbered("shop", i)
		env.Notes = append(env.Notes[:len(env.Notes):len(env.Notes)], sync.Note{Text: env.Name})
		plan.Environments = append(plan.Environments, &env)
	}
	return plan
}

func numbered(name string, i int) string {
	const digits = "0123456789"
	return name + "-" + string(digits[i/1000%10]) + string(digits[i/100%10]) + string(digits[i/10%10]) + string(digits[i%10])
}

// unbroken are texts that a line cannot break, turn, or show.
func unbroken() (texts [places]string) {
	for at := range texts {
		texts[at] = strings.Join([]string{"<script>alert(1)</script>", "\u202e\u200b", strings.Repeat("很长的名字", 20), strings.Repeat("W", 400), "שלום עולם", "<img src=https://x.example/y>", string(rune('a' + at))}, "")
	}
	return texts
}

// auditPage has findings of each sort, with a text in each.
func auditPage(t *testing.T, text string, in lang.Language) string {
	t.Helper()
	prod, base := schema.Position{File: "envs/prod.yaml", Line: 12, Column: 3}, schema.Position{File: "envs/base.yaml", Line: 4, Column: 5}
	at := schema.Path{"login", "mfaConfig", "on"}
	var b strings.Builder
	if err := (Findings{Command: "audit", Files: []string{"envs/dev.yaml", "envs/prod.yaml"}, Failed: []error{errors.New(text)}, List: []*schema.Fault{
		{Pos: prod, Path: at, Text: "is false, and has to be true: " + text, Rule: "policy/mfa", Env: "prod"},
		{Pos: prod, Path: schema.Path{"providers", "github", "config", text}, Text: text, Severity: schema.Doubtful, Rule: "risky", Env: "prod"},
		{Pos: prod, Path: schema.Path{"providers", "corp", "config", "x"}, Text: text, Severity: schema.Doubtful, Rule: "risky", Env: "prod"},
		{Pos: base, Path: schema.Path{"systems", "connectors", "url"}, Text: text, Rule: text},
		{Pos: schema.Position{File: text}, Text: text},
	}}).HTML(&b, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func driftPage(t *testing.T, in lang.Language) string {
	t.Helper()
	key := schema.Key{Kind: "provider", Name: "github"}
	field := diff.Field{Path: schema.Path{"config", "scope"}, Before: schema.Text("user"), After: schema.Text(strings.Repeat("admin:", 200)), Origin: diff.OriginLive}
	at := time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)
	var b strings.Builder
	if err := HTMLDrift(&b, sync.FleetDrift{Environments: []*sync.Drifted{
		{Name: "dev", Applied: at},
		{Name: "prod", EnvID: "acme-prod", Applied: at, Version: "1.0.0",
			Moves: []sync.Move{
				{Key: key, What: sync.Changed, Applied: at, Version: "1.0.0", Fields: []diff.Field{field}},
				{Key: schema.Key{Kind: "provider", Name: "new"}, What: sync.Appeared, Fields: []diff.Field{field}},
				{Key: schema.Key{Kind: "client", Name: "old"}, What: sync.Vanished, Applied: at},
				{Key: schema.Key{Kind: "connector", Name: "mail"}, What: sync.Replaced, ID: "2", WasID: "1"},
			},
			Uncompared: []sync.Uncompared{{Key: key, Path: schema.Path{"config", "clientSecret"}, Reason: diff.LiveHidden}},
			Notes:      []sync.Note{{Key: key, Text: "a note"}}},
		{Name: "test", Errors: []error{errors.New("cloudbase: no such id")}},
	}}, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func applyPage(t *testing.T, in lang.Language) string {
	t.Helper()
	plan := rendertest.Everything()
	plan.Environments = plan.Environments[:2]
	key := plan.Environments[1].Steps[1].Key
	report := &sync.Report{Name: "prod", ReadBack: []sync.ReadBack{{Key: key, Status: sync.ServerChanged,
		Fields: []diff.Field{{Path: schema.Path{"config", "scope"}, Before: schema.Text("user"), After: schema.Text("user repo")}}}}}
	for i, outcome := range []sync.Outcome{sync.Done, sync.Settled, sync.Failed, sync.Refused, sync.Skipped} {
		result := sync.StepResult{Step: plan.Environments[1].Steps[i], Outcome: outcome}
		if i > 1 {
			result.Err = errors.New("cloudbase: " + strings.Repeat("InternalError", 30))
		}
		report.Steps = append(report.Steps, result)
	}
	var b strings.Builder
	if err := HTMLApplied(&b, sync.Applied{Plan: plan, Reports: []*sync.Report{{Name: "dev"}, report}, Err: errors.New("partly applied")}, in); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A page in Chinese says so to a screen reader, and has no heading in English.
func TestPagesInChinese(t *testing.T) {
	headings := regexp.MustCompile(`<(?:h1|h2|h4|th|summary|dt)\b[^>]*>([^<]+)<`)
	for name, page := range map[string]string{"drift": driftPage(t, lang.Chinese), "apply": applyPage(t, lang.Chinese), "audit": auditPage(t, "客户端", lang.Chinese)} {
		if !strings.Contains(page, `<html lang="zh-CN">`) {
			t.Errorf("%s is in another language", name)
		}
		for _, heading := range headings.FindAllStringSubmatch(page, -1) {
			if kind := schema.KindNamed(heading[1]); kind == nil && regexp.MustCompile(`[a-z]{2}`).MatchString(heading[1]) && heading[1] != "id" && heading[1] != "Audit" {
				t.Errorf("%s has the heading %q", name, heading[1])
			}
		}
	}
}

// strayed lists the elements that reach out of the window or of themselves. All parts
// are opened before.
const strayed = `(() => {
  for (const d of document.querySelectorAll('details')) d.open = true;
  const stray = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) stray.push('the page is ' + document.documentElement.scrollWidth + ' wide');
  for (const e of document.body.querySelectorAll('*')) {
    const head = e.closest('thead');
    if (e.closest('.vh, .skip') || head && getComputedStyle(head).clipPath !== 'none' || !e.checkVisibility()) continue;
    const r = e.getBoundingClientRect();
    if (r.left < -0.5 || r.right > width + 0.5) stray.push(e.tagName + '.' + e.className + ' from ' + r.left + ' to ' + r.right);
    if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== 'inline') stray.push(e.tagName + '.' + e.className + ' holds ' + e.scrollWidth + ' in ' + e.clientWidth);
  }
  return stray.slice(0, 5);
})()`

// Whatever is on a page, it stays inside the window of a phone, a laptop and a wide
// screen, in light and dark; it loads nothing, and no script of a name runs.
func TestPagesInABrowser(t *testing.T) {
	b := openBrowser(t)
	for name, file := range pages(t) {
		b.prefers("light")
		b.visit(file, "")
		for _, width := range []int{360, 1024, 1920} {
			b.size(width)
			if got := b.eval(strayed); got != "[]" {
				t.Errorf("%s at %d: %s", name, width, got)
			}
		}
		light := b.eval(`getComputedStyle(document.body).backgroundColor`)
		b.prefers("dark")
		if dark := b.eval(`getComputedStyle(document.body).backgroundColor`); dark == light {
			t.Errorf("%s is %s in light and dark", name, dark)
		}
		if got := b.eval(`getComputedStyle(document.documentElement).scrollBehavior`); got != `"auto"` {
			t.Errorf("%s moves, though less motion is preferred: %s", name, got)
		}
		if len(b.said) > 0 {
			t.Errorf("%s: the console says %s", name, b.said)
		}
		if len(b.loaded) != 1 {
			t.Errorf("%s loads %q", name, b.loaded)
		}
	}
}

// A page can be read with the keyboard: the first key leads past the head, what has
// the focus shows it, and what a link leads to is opened.
func TestKeysInABrowser(t *testing.T) {
	b := openBrowser(t)
	b.size(1024)
	b.visit(pages(t)["many"], "")
	b.press("Tab")
	if got := b.eval(`[document.activeElement.className, document.activeElement.getBoundingClientRect().top >= 0]`); got != `["skip",true]` {
		t.Errorf("the first key leads to %s", got)
	}
	b.press("Enter")
	if got := b.eval(`document.activeElement.id`); got != `"main"` {
		t.Errorf("it skips to %s", got)
	}
	for range 30 {
		b.press("Tab")
		if got := b.eval(`(() => { const s = getComputedStyle(document.activeElement); return [document.activeElement.tagName, s.outlineStyle, s.outlineWidth] })()`); !strings.Contains(got, `"solid","3px"`) {
			t.Fatalf("the focus does not show: %s", got)
		}
	}
	if got := b.eval(`(() => { const a = document.querySelector('.grid td a'); const to = document.querySelector(a.hash); const was = to.checkVisibility(); a.click(); return [was, to.checkVisibility()] })()`); got != `[false,true]` {
		t.Errorf("a link to what is folded: visible before and after: %s", got)
	}
}

// No page breaks a rule of axe-core, which knows what readers of all kinds need.
func TestAccessibilityInABrowser(t *testing.T) {
	axe, err := os.ReadFile("../../remote/sandbox/conformance/node_modules/axe-core/axe.min.js")
	if err != nil {
		notRun(t, "axe-core is missing (make conformance installs it), so no page was checked for accessibility")
	}
	b := openBrowser(t)
	for name, file := range pages(t) {
		if name == "alike" || name == "many" {
			continue // axe-core is slow, and the parts are those of other pages
		}
		b.visit(file, "")
		b.eval(`document.querySelectorAll('details').forEach(d => d.open = true)`)
		b.eval(string(axe) + "; 1")
		for _, look := range []struct {
			scheme string
			width  int
		}{{"light", 1024}, {"dark", 360}} {
			b.size(look.width)
			b.prefers(look.scheme)
			got := b.eval(`axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
				.then(r => r.violations.map(v => [v.id, v.help, v.nodes.length, v.nodes[0].html, v.nodes[0].failureSummary]))`)
			if got != "[]" {
				t.Errorf("%s, %s at %d: %s", name, look.scheme, look.width, got)
			}
		}
	}
}
