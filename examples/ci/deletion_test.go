package ci

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// passing is what dev has for a while: a provider and an API key, each with a secret.
const passing = `  passing:
    providerType: OAUTH
    name: {message: Passing}
    config: {clientId: passing, clientSecret: !env PASSING, redirectUri: "https://acme-dev-5gq1x7.ap-shanghai.tcb-api.tencentcloudapi.com/auth/v1/callback", scope: a, authorizationEndpoint: "https://passing.example/a", tokenEndpoint: "https://passing.example/t"}
apiKeys:
  passing: {keyType: api_key}
`

// removal is a branch that takes passing out of what was applied, and returns its
// head.
func (w *world) removal() (head string) {
	w.t.Helper()
	work := filepath.Join(w.dir, "work")
	file := filepath.Join(work, "envs/dev.yaml")
	text, err := os.ReadFile(file)
	w.check(err)
	w.check(os.WriteFile(file, append(text, passing...), 0o644))
	if out, code := w.run(work, []string{"AUTHSYNC_IDENTITY=" + w.identity(), "PASSING=a-secret"}, "authsync", "apply", "envs", "--yes"); code != 0 {
		w.t.Fatalf("exit code %d:\n%s", code, out)
	}
	w.commit(work, "it is passing")
	if lock := w.onMain("envs/dev.lock.yaml"); !strings.Contains(lock, "provider/passing") || !strings.Contains(lock, "apiKey/passing") {
		w.t.Fatalf("the lock is\n%s", lock)
	}
	w.git(work, "checkout", "--quiet", "-b", "change")
	w.check(os.WriteFile(file, append(text, "apiKeys: {}\n"...), 0o644))
	return w.commit(work, "it has passed")
}

// mergeChange merges the branch change, and returns the merge.
func (w *world) mergeChange() string {
	w.t.Helper()
	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "main")
	w.git(work, "merge", "--quiet", "--no-ff", "--message", "merged", "change")
	return w.commit(work, "and nothing else")
}

// gone fails unless what the branch took out is deleted and forgotten.
func (w *world) gone() {
	w.t.Helper()
	dir := w.clone("main")
	for _, name := range []string{"dev.lock.yaml", "dev.vault.yaml"} {
		text, err := os.ReadFile(filepath.Join(dir, "envs", name))
		if err == nil && strings.Contains(string(text), "passing") {
			w.t.Errorf("%s still knows what is gone:\n%s", name, text)
		}
	}
	for _, action := range []string{"DeleteProvider", "DeleteApiKey"} {
		if strings.Count(w.requests(), `"`+action+`"`) != 1 {
			w.t.Errorf("%s was not called once", action)
		}
	}
	if out, code := w.run(dir, nil, "sh", "ci/check.sh"); code != 0 || strings.Contains(out, "warning: envs/dev") {
		w.t.Errorf("exit code %d: the check then says\n%s", code, out)
	}
	if out, code := w.run(dir, nil, "authsync", "plan", "envs", "--exit-code"); code != 0 {
		w.t.Errorf("exit code %d: the plan then is\n%s", code, out)
	}
}

const stillKnown = "provider/passing: envs/dev.yaml does not name it any more"

func TestDeletingOnAnyRunner(t *testing.T) {
	w := newWorld(t)
	w.removal()
	dir := w.clone("origin/change")
	out, code := w.run(dir, nil, "sh", "ci/check.sh")
	if code != 0 || !strings.Contains(out, stillKnown) {
		t.Errorf("check.sh: exit code %d:\n%s", code, out)
	}
	before := w.writes()
	env := []string{"AUTHSYNC_IDENTITY=" + w.identity(), "AUTHSYNC_BRANCH=main"}
	for _, labels := range []string{"", "prune", "prune,allow:delete=1", "allow:delete=2"} {
		out, code := w.run(dir, []string{"AUTHSYNC_LABELS=" + labels}, "sh", "ci/plan.sh")
		deletes := strings.HasPrefix(labels, "prune")
		if says := "removed from git: provider/passing (live has it)"; code != 0 || strings.Contains(out, says) == deletes || strings.Contains(out, "DeleteProvider") != deletes {
			t.Errorf("%q: exit code %d:\n%s", labels, code, out)
		}
		if !strings.HasPrefix(labels, "prune") {
			continue
		}
		if out, code := w.run(dir, append(env, "AUTHSYNC_LABELS="+labels), "sh", "ci/apply.sh"); code != 3 || w.writes() != before {
			t.Errorf("%q: apply.sh: exit code %d:\n%s", labels, code, out)
		}
	}
	dir = w.clone(w.mergeChange())
	for _, script := range []string{"plan.sh", "apply.sh"} {
		if out, code := w.run(dir, append(env, "AUTHSYNC_LABELS=prune,allow:delete=2"), "sh", "ci/"+script); code != 0 {
			t.Fatalf("%s: exit code %d:\n%s", script, code, out)
		}
	}
	w.gone()
}

func TestDeletingOnGitHub(t *testing.T) {
	g := &gitHub{world: newWorld(t), artifacts: map[string]artifact{}}
	head := g.removal()
	pr := event{name: "pull_request", ref: head, sha: head, run: "31"}
	if out := g.passes(planFile, "check", pr); !strings.Contains(out, stillKnown) {
		t.Errorf("the check says\n%s", out)
	}
	g.passes(planFile, "plan", pr)
	pr.run, pr.labels = "32", []any{"prune", "allow:delete=2"}
	g.passes(planFile, "plan", pr)
	if comments := g.host.comments; len(comments) != 1 || !strings.Contains(comments[0].body, "provider/passing") || !strings.Contains(comments[0].body, "delete=2") {
		t.Errorf("the comments are %+v", comments)
	}
	merge := g.mergeChange()
	p := g.merged(merge, head, "32", "success")
	push := event{name: "push", ref: merge, sha: merge, run: "40"}
	g.fails(applyFile, "apply", push, 3, "refused: the plan was asked for as")
	p.events = []object{labelled("labeled", "prune", opened), labelled("labeled", "allow:delete=2", opened)}
	p.tell()
	g.passes(applyFile, "apply", push)
	g.gone()
}

func TestDeletingOnGitLab(t *testing.T) {
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	g := gitLab{w}
	head := w.removal()
	if _, out := g.passes("check", head, g.request(head)); !strings.Contains(out, stillKnown) {
		t.Errorf("the check says\n%s", out)
	}
	made, _ := g.passes("plan", head, g.request(head, "CI_MERGE_REQUEST_LABELS=prune,allow:delete=2"))
	plan, err := os.ReadFile(filepath.Join(made, "plan.json"))
	w.check(err)
	w.host.get[project+"/jobs/70/artifacts/plan.json"] = plan
	merge := w.mergeChange()
	m := g.merged(merge, head)
	g.fails("apply", merge, g.variables("push", merge), 3, "refused: the plan was asked for as")
	m.events = []object{onLab("add", "prune", opened), onLab("add", "allow:delete=2", opened)}
	m.tell()
	g.passes("apply", merge, g.variables("push", merge))
	w.gone()
}
