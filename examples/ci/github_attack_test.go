package ci

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// story is a pull request that was planned by run 32, and merged.
func story(t *testing.T) (g *gitHub, head string, push event) {
	t.Helper()
	w := newWorld(t)
	g = &gitHub{world: w, artifacts: map[string]artifact{}}
	head, merge := w.mergedChange()
	g.passes(planFile, "plan", event{name: "pull_request", ref: head, sha: head, run: "32"})
	return g, head, event{name: "push", ref: merge, sha: merge, run: "40"}
}

// Whoever can push a branch can have a workflow of his own run under the name of
// the one that plans, for the same commit. What it leaves is never applied.
func TestGitHubTakesNoOtherRun(t *testing.T) {
	g, head, push := story(t)
	here := object{"id": 7}
	const longAgo = "2025-01-01T00:00:00Z"
	another := object{"number": 6, "state": "open", "merged_at": nil, "created_at": opened, "closed_at": nil,
		"head": object{"sha": "elsewhere", "ref": "change", "repo": here}, "base": object{"ref": "unprotected", "repo": here}}
	for name, attack := range map[string]struct {
		do   func(p *pull)
		says string
	}{
		"a pull request of the same branch, which has moved on": {
			func(p *pull) { p.others = append(p.others, another) }, "may be of pull request 6"},
		"one that was closed after the run began": {
			func(p *pull) {
				p.others = append(p.others, but(another, object{"state": "closed", "closed_at": later}))
			}, "may be of pull request 6"},
		"one that was closed long ago, at this head": {
			func(p *pull) {
				p.others = append(p.others, but(another, object{"state": "closed", "created_at": longAgo, "closed_at": longAgo,
					"head": object{"sha": p.head, "ref": "change", "repo": here}}))
			}, "may be of pull request 6"},
		"one of another branch, at this head": {
			func(p *pull) {
				p.ofHead = append(p.ofHead, but(another, object{"head": object{"sha": p.head, "ref": "another", "repo": here}}))
			}, "may be of pull request 6"},
		"its own base was another when it was planned": {
			func(p *pull) { p.events = []object{{"event": "base_ref_changed", "created_at": planned}} },
			"went into another branch when run 32 planned it"},
		"it was merged into another branch": {
			func(p *pull) { p.is["base"] = object{"ref": "unprotected", "repo": here} }, "no pull request was merged as"},
		"it was not merged": {
			func(p *pull) { p.is["merged_at"] = nil }, "no pull request was merged as"},
		"it is of a fork": {
			func(p *pull) {
				p.is["head"] = object{"sha": p.head, "ref": "change", "repo": object{"id": 8}}
				p.is["base"] = object{"ref": "main", "repo": here}
			}, "came from a fork"},
		"what it was labelled with cannot be read": {
			func(p *pull) { p.events = nil }, "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			g.t = t
			p := g.merged(push.sha, head, "32", "success")
			attack.do(p)
			p.tell()
			g.fails(applyFile, "apply", push, 3, attack.says)
			if g.writes() != 0 {
				t.Error("it was applied")
			}
		})
	}
}

// What a plan was asked for is what the labels say that stood at the merge, and
// nothing else of what a run has left is used.
func TestGitHubHoldsThePlanToItsLabels(t *testing.T) {
	g, head, push := story(t)
	widened := g.planOf(push.sha, "allow:weaken")
	plain := g.artifacts["32"]["plan.json"]
	for name, one := range map[string]struct {
		plan   string
		events []object
	}{
		"nobody has set a label": {widened, []object{}},
		"it was set after the merge": {widened, []object{
			labelled("labeled", "allow:weaken", later)}},
		"it was taken off before": {widened, []object{
			labelled("labeled", "allow:weaken", opened), labelled("unlabeled", "allow:weaken", planned)}},
		"another was set before": {widened, []object{
			labelled("labeled", "allow:lockout", opened)}},
		"it was set, and nothing planned since": {plain, []object{
			labelled("labeled", "prune", planned)}},
	} {
		t.Run(name, func(t *testing.T) {
			g.t = t
			p := g.merged(push.sha, head, "32", "success")
			p.events = one.events
			p.tell()
			g.artifacts["32"] = artifact{"plan.json": one.plan}
			g.fails(applyFile, "apply", push, 3, "refused: the plan was asked for as")
			if g.writes() != 0 {
				t.Error("it was applied")
			}
		})
	}

	g.t = t
	p := g.merged(push.sha, head, "32", "success")
	p.events = []object{labelled("labeled", "urgent", opened), labelled("labeled", "allow:weaken", opened), labelled("unlabeled", "allow:weaken", planned),
		labelled("labeled", "allow:weaken", planned), labelled("unlabeled", "allow:weaken", later), labelled("labeled", "not, allow:lockout", planned)}
	p.tell()
	g.show(widened)
	g.artifacts["32"] = artifact{"plan.json": widened, "ci/apply.sh": "echo pwned; exit 0\n", "envs/dev.yaml": "pwned\n", ".git/config": "pwned\n"}
	if out := g.passes(applyFile, "apply", push); strings.Contains(out, "pwned") {
		t.Errorf("what else the run has left was used:\n%s", out)
	}
	if lock := g.onMain("envs/dev.lock.yaml"); !strings.Contains(lock, "phoneNumberLogin") {
		t.Errorf("the lock on main is\n%s", lock)
	}
}

// What is applied is the plan that the pull request shows, and no other that was asked
// for in the same way.
func TestGitHubAppliesWhatIsShown(t *testing.T) {
	g, head, push := story(t)
	g.merged(push.sha, head, "32", "success")
	shown := g.host.comments
	for name, one := range map[string]struct {
		comments []post
		says     string
	}{
		"another plan":                   {g.showing(g.planOf(push.sha, "")), "refused: its digest is"},
		"a plan that was not to be":      {[]post{{id: 1000, author: bot, body: "<!-- authsync:plan -->\n### authsync plan: there is none\n"}}, "shows no plan"},
		"no comment":                     {nil, "shows no plan"},
		"a comment of somebody else":     {[]post{{id: 1000, author: "mallory", body: shown[0].body}}, "shows no plan"},
		"that of another pipeline":       {[]post{{id: 1000, author: bot, body: strings.Replace(shown[0].body, "plan -->", "plan other -->", 1)}}, "shows no plan"},
		"a digest inside of a line":      {[]post{{id: 1000, author: bot, body: "<!-- authsync:plan -->\nnot Digest: `sha256:" + strings.Repeat("0", 64) + "`\n"}}, "shows no plan"},
		"a digest that is no longer one": {[]post{{id: 1000, author: bot, body: "<!-- authsync:plan -->\nDigest: `sha256:00`\n"}}, "shows no plan"},
	} {
		t.Run(name, func(t *testing.T) {
			g.t, g.host.comments = t, one.comments
			g.fails(applyFile, "apply", push, 3, one.says)
			if g.writes() != 0 {
				t.Error("it was applied")
			}
		})
	}
	g.t, g.host.comments = t, shown
	g.passes(applyFile, "apply", push)
}

// A label that is set on a merged pull request plans nothing.
func TestGitHubPlansNothingAfterTheMerge(t *testing.T) {
	g := &gitHub{world: newWorld(t), artifacts: map[string]artifact{}}
	g.passes(planFile, "plan", event{name: "pull_request", ref: "main", run: "33", closed: true, labels: []any{"allow:weaken"}})
	if len(g.ran) > 0 || len(g.artifacts) > 0 {
		t.Errorf("these steps ran: %q", g.ran)
	}
}

// Plan again: a run that somebody has started by hand, on the protected branch.
func TestGitHubPlanAgain(t *testing.T) {
	g, head, push := story(t)
	again := event{name: "workflow_dispatch", ref: push.ref, sha: push.sha, run: "50", inputs: object{"allow": "allow:weaken"}}
	g.passes(planFile, "plan", again)
	run := g.merged(push.sha, head, "50", "success").run
	apply := event{name: "workflow_dispatch", ref: push.ref, sha: push.sha, run: "51", inputs: object{"run": "50", "allow": "allow:weaken"}}
	g.fails(applyFile, "apply", apply, 1, "run 50 was not started by hand on main")
	run["event"] = "workflow_dispatch"
	g.fails(applyFile, "apply", apply, 1, "run 50 was not started by hand on main")
	run["head_branch"] = "main"
	unsaid := apply
	unsaid.inputs = object{"run": "50"}
	g.fails(applyFile, "apply", unsaid, 3, "refused: the plan was asked for as")
	if g.writes() != 0 {
		t.Fatal("it was applied")
	}
	g.passes(applyFile, "apply", apply)
}

// mergedChange makes a change in a branch and merges it, and returns its head and
// the merge.
func (w *world) mergedChange() (head, merge string) {
	w.t.Helper()
	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "-b", "change")
	w.check(replace(filepath.Join(work, "envs/dev.yaml"), "anonymousLogin: true", "anonymousLogin: true\n  phoneNumberLogin: true"))
	head = w.commit(work, "a change")
	w.git(work, "checkout", "--quiet", "main")
	w.git(work, "merge", "--quiet", "--no-ff", "--message", "merged", "change")
	return head, w.commit(work, "and nothing else")
}

// planOf is the plan of a commit with labels.
func (w *world) planOf(ref, labels string) string {
	w.t.Helper()
	dir := w.clone(ref)
	if out, code := w.run(dir, []string{"AUTHSYNC_LABELS=" + labels}, "sh", "ci/plan.sh"); code != 0 {
		w.t.Fatalf("exit code %d:\n%s", code, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "plan.json"))
	w.check(err)
	return string(text)
}

// show has the pipeline's comment show a plan.
func (w *world) show(plan string) { w.host.comments = w.showing(plan) }

// showing is a comment of the pipeline that shows a plan.
func (w *world) showing(plan string) []post {
	w.t.Helper()
	var saved struct{ Digest string }
	w.check(json.Unmarshal([]byte(plan), &saved))
	return []post{{id: 1000, author: bot, body: "<!-- authsync:plan -->\n### authsync plan: something\n\nDigest: `" + saved.Digest + "`\n"}}
}

// A branch that writes its own lock is judged by that of main.
func TestPlansBelieveTheLockOfMain(t *testing.T) {
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "-b", "change")
	w.check(os.WriteFile(filepath.Join(work, "envs/dev.lock.yaml"), []byte("a lock of their own\n"), 0o644))
	head := w.commit(work, "a lock")
	if out, code := w.run(w.clone(head), nil, "sh", "ci/plan.sh"); code == 0 {
		t.Fatalf("without more it plans\n%s", out)
	}
	hub := &gitHub{world: w, artifacts: map[string]artifact{}}
	hub.passes(planFile, "plan", event{name: "pull_request", ref: head, sha: head, run: "31"})
	gitLab{w}.passes("plan", head, gitLab{w}.request(head))
}
