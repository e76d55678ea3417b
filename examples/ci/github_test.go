package ci

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// workflow is what is read of a workflow of GitHub.
type workflow struct {
	Permissions map[string]string
	Concurrency struct{ Group string }
	Jobs        map[string]workflowJob
}

type workflowJob struct {
	If          string
	Environment string
	Permissions map[string]string
	Steps       []workflowStep
}

type workflowStep struct {
	ID, Name, If, Uses, Run string
	Env, With               map[string]string
}

func readWorkflow(t *testing.T, file string) (w workflow) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return w
}

// gitHub runs jobs of the workflows: their shell steps with sh, those that use
// an action by doing what it does.
type gitHub struct {
	*world
	artifacts map[string]artifact // by the number of their run
	ran       []string            // the steps that ran, of the last job
}

// artifact is what a run has left: texts by their place.
type artifact map[string]string

// repositorySecrets every job of a branch of the repository sees, but not one of
// a fork; environmentSecrets only those of the environment.
var (
	repositorySecrets  = object{"authsync_read_secretid": "sandbox", "authsync_read_secretkey": "sandbox"}
	environmentSecrets = object{"authsync_write_secretid": "sandbox", "authsync_write_secretkey": "sandbox"}
)

// event is what a workflow was started by.
type event struct {
	name   string // pull_request, push, schedule
	ref    string // what is checked out
	sha    string
	fork   bool
	labels []any
	closed bool   // the pull request is
	run    string // the number of this run
	inputs object
}

// job runs a job, if its condition holds, and returns what it wrote and its exit
// code.
func (g *gitHub) job(file, name string, e event) (string, int) {
	g.t.Helper()
	job, ok := readWorkflow(g.t, file).Jobs[name]
	if !ok {
		g.t.Fatalf("%s has no job %s", file, name)
	}
	from := "acme/auth"
	secrets := object{}
	if e.fork {
		from = "mallory/auth"
	} else {
		maps.Copy(secrets, repositorySecrets)
	}
	if job.Environment != "" {
		maps.Copy(secrets, environmentSecrets)
		secrets["authsync_identity"] = g.identity()
	}
	var labels []any
	for _, label := range e.labels {
		labels = append(labels, object{"name": label})
	}
	outputs := object{}
	state := map[bool]string{false: "open", true: "closed"}[e.closed]
	context := object{
		"runner": object{"temp": g.t.TempDir()},
		"github": object{
			"event_name": e.name, "repository": "acme/auth", "ref": "refs/heads/main", "actor": "ann", "token": token,
			"server_url": g.dir, "run_id": e.run,
			"event": object{"pull_request": object{"number": "5", "state": state, "head": object{"repo": object{"full_name": from}}, "labels": labels}},
		},
		"secrets": secrets,
		"inputs":  e.inputs,
		"steps":   outputs,
	}
	g.ran = nil
	if !holds(g.t, job.If, context) {
		return "", 0
	}

	var dir, out string
	code := 0
	for _, step := range job.Steps {
		if !strings.Contains(step.If, "cancelled()") && code != 0 || !holds(g.t, step.If, context) {
			continue
		}
		action, _, _ := strings.Cut(step.Uses, "@")
		g.ran = append(g.ran, step.Name+action)
		switch action {
		case "actions/checkout":
			ref := e.ref
			if step.With["ref"] != "" {
				ref = step.With["ref"]
			}
			dir = g.clone(ref)
		case "your-org/authsync": // it is on the PATH
		case "actions/upload-artifact":
			if step.With["name"] != "authsync-plan" {
				continue
			}
			text, err := os.ReadFile(filepath.Join(dir, step.With["path"]))
			g.check(err)
			g.artifacts[e.run] = artifact{"plan.json": string(text)}
		case "actions/download-artifact":
			into := expand(g.t, step.With["path"], context)
			if !filepath.IsAbs(into) {
				into = filepath.Join(dir, into)
			}
			g.unpack(expand(g.t, step.With["run-id"], context), into)
		case "":
			said, ended := g.step(step, dir, e, context, outputs)
			out += said
			if code == 0 {
				code = ended
			}
		default:
			g.t.Fatalf("this test does not know the action %s", step.Uses)
		}
	}
	return out, code
}

// unpack puts all that a run has left below a folder.
func (g *gitHub) unpack(run, dir string) {
	g.t.Helper()
	left, ok := g.artifacts[run]
	if !ok {
		g.t.Fatalf("there is no artifact of run %s", run)
	}
	for name, text := range left {
		g.check(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		g.check(os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
}

func (g *gitHub) step(step workflowStep, dir string, e event, context, outputs object) (string, int) {
	g.t.Helper()
	file := filepath.Join(g.t.TempDir(), "outputs")
	g.check(os.WriteFile(file, nil, 0o600))
	env := []string{"GITHUB_API_URL=" + g.host.URL + "/github", "GITHUB_REPOSITORY=acme/auth", "GITHUB_SHA=" + e.sha,
		"GITHUB_OUTPUT=" + file, "GITHUB_ACTIONS=true"}
	for name, text := range step.Env {
		value := expand(g.t, text, context)
		if name == "AUTHSYNC_PUSH_URL" {
			value = g.origin
		}
		env = append(env, name+"="+value)
	}
	out, code := g.run(dir, env, "sh", "-e", "-c", expand(g.t, step.Run, context))
	written, err := os.ReadFile(file)
	g.check(err)
	values := object{}
	for line := range strings.Lines(string(written)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = value
	}
	outputs[step.ID] = object{"outputs": values}
	return out, code
}

// Times of the story: a run plans, the pull request is merged, and then.
const (
	opened  = "2026-01-02T08:00:00Z"
	planned = "2026-01-02T09:00:00Z"
	mergeAt = "2026-01-02T10:00:00Z"
	later   = "2026-01-02T11:00:00Z"
)

// pull is what the API says of a merged pull request, and of what else there is
// beside it.
type pull struct {
	g         *gitHub
	sha, head string
	is        object   // the pull request
	run       object   // the run that planned it
	others    []object // pull requests from its branch
	ofHead    []object // open ones at its head
	events    []object // nil = they cannot be read
}

// merged is commit sha, a merged pull request whose head was planned by a run.
// There are other runs for that commit, newer ones too: of another branch, of a
// fork, of after the merge, of a push.
func (g *gitHub) merged(sha, head, run, conclusion string) *pull {
	here := object{"id": 7}
	p := &pull{g: g, sha: sha, head: head, events: []object{},
		is: object{"number": 5, "state": "closed", "merged_at": mergeAt, "merge_commit_sha": sha, "created_at": opened, "closed_at": mergeAt,
			"head": object{"sha": head, "ref": "change", "repo": here}, "base": object{"ref": "main", "repo": here}},
		run: object{"id": run, "run_number": 3, "event": "pull_request", "head_sha": head, "head_branch": "change",
			"head_repository": here, "repository": here, "created_at": planned, "run_started_at": planned,
			"path": ".github/workflows/authsync-plan.yml@main", "status": "completed", "conclusion": conclusion},
		others: []object{{"number": 2, "state": "closed", "merged_at": nil, "created_at": "2025-01-01T00:00:00Z", "closed_at": "2025-01-02T00:00:00Z",
			"head": object{"sha": "of-last-year", "ref": "change", "repo": here}, "base": object{"ref": "main", "repo": here}}},
	}
	p.tell()
	return p
}

// but is an object with other values for some of its fields.
func but(o, other object) object {
	o = maps.Clone(o)
	maps.Copy(o, other)
	return o
}

// tell has the API say it.
func (p *pull) tell() {
	const repo = "/github/repos/acme/auth"
	get := p.g.host.get
	get[repo+"/commits/"+p.sha+"/pulls?per_page=100"] = []object{{"number": 4, "state": "open", "merged_at": nil, "merge_commit_sha": p.sha}, p.is}
	get[repo+"/commits/"+p.head+"/pulls?per_page=100&page=1"] = append([]object{p.is}, p.ofHead...)
	get[repo+"/pulls?state=all&head=acme%3Achange&per_page=100&page=1"] = append([]object{p.is}, p.others...)
	const events = repo + "/issues/5/events?per_page=100&page=1"
	if delete(get, events); p.events != nil {
		get[events] = p.events
	}
	get[repo+"/actions/workflows/authsync-plan.yml/runs?event=pull_request&head_sha="+p.head+"&per_page=100"] = object{"workflow_runs": []object{
		but(p.run, object{"id": "1", "run_number": 2, "conclusion": "success"}),
		p.run,
		but(p.run, object{"id": "101", "run_number": 9, "head_repository": object{"id": 8}}),
		but(p.run, object{"id": "102", "run_number": 10, "head_branch": "another"}),
		but(p.run, object{"id": "103", "run_number": 11, "run_started_at": later}),
		but(p.run, object{"id": "104", "run_number": 12, "event": "push"}),
	}}
	run := repo + "/actions/runs/" + p.run["id"].(string)
	get[run] = p.run
	get[run+"/artifacts?name=authsync-plan"] = object{"artifacts": []object{{"name": "authsync-plan", "expired": false}}}
}

func labelled(event, name, at string) object {
	return object{"event": event, "created_at": at, "label": object{"name": name}}
}

const (
	planFile  = "github/authsync-plan.yml"
	applyFile = "github/authsync-apply.yml"
	driftFile = "github/authsync-drift.yml"
)

func TestGitHub(t *testing.T) {
	w := newWorld(t)
	g := &gitHub{world: w, artifacts: map[string]artifact{}}
	const marker = "<!-- authsync:plan -->"
	w.host.comments = crowd(marker)

	// A pull request: checked, planned, one comment, and edited at the next push.
	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "-b", "change")
	w.check(replace(filepath.Join(work, "envs/dev.yaml"), "anonymousLogin: true", "anonymousLogin: true\n  userNameLogin: true"))
	pushed := w.commit(work, "a change")
	pr := event{name: "pull_request", ref: "origin/change", sha: pushed, run: "31"}
	g.passes(planFile, "check", pr)
	out := g.passes(planFile, "plan", pr)
	if !strings.Contains(out, "\n::error file=envs/dev.yaml,line=") && !strings.Contains(out, "\n::warning file=envs/dev.yaml,line=") {
		t.Errorf("nothing is annotated:\n%s", out)
	}
	first := own(t, w.host.comments, marker)
	if len(first) != 1 || !strings.HasPrefix(first[0].body, marker+"\n") || !strings.Contains(first[0].body, "dev") {
		t.Fatalf("after the first plan the comments are %+v\n%s", first, out)
	}
	w.check(replace(filepath.Join(work, "envs/dev.yaml"), "userNameLogin: true", "phoneNumberLogin: true"))
	head := w.commit(work, "a better change")
	pr = event{name: "pull_request", ref: "origin/change", sha: head, run: "32"}
	g.passes(planFile, "plan", pr)
	second := own(t, w.host.comments, marker)
	const change = "| `phoneNumberLogin` | `false` | `true` | git |"
	if len(second) != 1 || second[0].id != first[0].id || !strings.Contains(second[0].body, change) || strings.Contains(first[0].body, change) {
		t.Fatalf("after the second plan the comments are %+v", second)
	}
	if w.writes() != 0 {
		t.Fatal("planning wrote")
	}
	if body := second[0].body; !strings.Contains(body, "1 of 3 environments changed") || strings.Contains(body, "staging") || strings.Contains(body, "prod") {
		t.Errorf("environments that the pull request leaves alone are planned:\n%s", body)
	}

	// By hand, on main, all are planned.
	g.passes(planFile, "plan", event{name: "workflow_dispatch", ref: "main", sha: head, run: "33"})
	if plan := g.artifacts["33"]["plan.json"]; strings.Count(plan, `"summary"`) != 3 {
		t.Errorf("by hand the plan is\n%s", plan)
	}

	// Merged: the plan of the newest run of its head is applied, and no other.
	w.git(work, "checkout", "--quiet", "main")
	w.git(work, "merge", "--quiet", "--no-ff", "--message", "merged", "change")
	merge := w.commit(work, "and nothing else")
	push := event{name: "push", ref: merge, sha: merge, run: "40"}
	g.fails(applyFile, "apply", push, 22, "404") // the API knows nothing of it
	w.host.get["/github/repos/acme/auth/commits/"+merge+"/pulls?per_page=100"] = []object{}
	g.fails(applyFile, "apply", push, 3, "no pull request was merged as")
	g.merged(merge, head, "32", "failure")
	g.fails(applyFile, "apply", push, 3, "run 32, the newest that planned this, has not succeeded")
	g.merged(merge, head, "32", "success")
	if w.writes() != 0 {
		t.Fatal("it was applied without a plan")
	}

	// Live has moved: nothing is written, and it says what to do.
	w.byHand("login: {phoneNumberLogin: true}")
	before := w.writes()
	g.fails(applyFile, "apply", push, 3, "Plan again")
	if w.writes() != before {
		t.Fatal("a stale plan was applied")
	}
	w.byHand("login: {phoneNumberLogin: false}")

	// Somebody else pushes meanwhile; the lock goes on top.
	g.passes(applyFile, "apply", push)
	if lock := w.onMain("envs/dev.lock.yaml"); !strings.Contains(lock, "phoneNumberLogin") {
		t.Errorf("the lock on main is\n%s", lock)
	}
	if names := w.git(w.origin, "show", "--name-only", "--format=%s", "main"); !strings.HasPrefix(names, "authsync: what run 40 has applied [skip ci]") || strings.Contains(names, "dev.yaml\n") || strings.Contains(names, "plan.json") {
		t.Errorf("the commit of the lock is\n%s", names)
	}

	// Applied, it cannot be applied again.
	g.fails(applyFile, "apply", push, 3, "the plan is stale")
	for _, call := range w.host.calls {
		if !strings.HasSuffix(call, " !") {
			t.Errorf("a call without a token: %s", call)
		}
	}
}

// A part is applied: the lock is committed all the same, and the job fails.
func TestGitHubPartly(t *testing.T) {
	w := newWorld(t)
	g := &gitHub{world: w, artifacts: map[string]artifact{}}
	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "-b", "change")
	manifests, err := filepath.Glob(filepath.Join(work, "envs", "*.yaml"))
	w.check(err)
	for _, file := range manifests {
		w.check(replace(file, "\nkind:", "\n# looked at\nkind:"))
	}
	head := w.commit(work, "a remark in each")
	g.passes(planFile, "plan", event{name: "pull_request", ref: "origin/change", sha: head, run: "32"})
	w.git(work, "push", "--quiet", "origin", "HEAD:main")
	g.merged(head, head, "32", "success")
	w.fault(`{"match":"AddProvider","fault":"500"}`)
	g.fails(applyFile, "apply", event{name: "push", ref: head, sha: head, run: "41"}, 4, "a part was applied. The lock is committed")
	if subject := w.git(w.origin, "show", "--no-patch", "--format=%s", "main"); subject != "authsync: what run 41 has applied [skip ci]" {
		t.Errorf("the last commit on main is %q", subject)
	}
}

// What somebody sends from a fork is checked: no call, no token, no plan.
func TestGitHubFork(t *testing.T) {
	w := newWorld(t)
	g := &gitHub{world: w, artifacts: map[string]artifact{}}
	fork := event{name: "pull_request", ref: "main", fork: true, run: "33"}
	out := g.passes(planFile, "check", fork)
	if strings.Count(out, " is valid: ") != 3 {
		t.Errorf("the check says\n%s", out)
	}
	g.passes(planFile, "plan", fork)
	if len(g.ran) > 0 || len(w.host.calls) > 0 || len(g.artifacts) > 0 {
		t.Errorf("for a fork these steps ran: %q; these calls were made: %q", g.ran, w.host.calls)
	}
}

// A pull request that changes no environment has a plan of none, and applies as such.
func TestGitHubChangesNothing(t *testing.T) {
	w := newWorld(t)
	g := &gitHub{world: w, artifacts: map[string]artifact{}}
	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "-b", "change")
	w.check(os.WriteFile(filepath.Join(work, "README"), []byte("a word\n"), 0o644))
	head := w.commit(work, "a word")
	g.passes(planFile, "plan", event{name: "pull_request", ref: "origin/change", sha: head, run: "35"})
	if len(w.host.comments) != 1 || !strings.Contains(w.host.comments[0].body, "0 of 3 environments changed") {
		t.Errorf("the comments are %+v", w.host.comments)
	}
	w.git(work, "push", "--quiet", "origin", "HEAD:main")
	g.merged(head, head, "35", "success")
	g.passes(applyFile, "apply", event{name: "push", ref: head, sha: head, run: "42"})
	if asked := w.requests(); asked != "" {
		t.Errorf("the services were asked\n%s", asked)
	}

	// A manifest that goes is told.
	w.git(work, "rm", "--quiet", "envs/dev.yaml")
	head = w.commit(work, "without dev")
	g.passes(planFile, "plan", event{name: "pull_request", ref: "origin/change", sha: head, run: "36"})
	if body := w.host.comments[0].body; !strings.Contains(body, "**Deleted**: `dev (envs/dev.yaml)`") {
		t.Errorf("the comment is\n%s", body)
	}
}

// A checkout without history is told how to get it.
func TestGitHubShallow(t *testing.T) {
	w := newWorld(t)
	work := filepath.Join(w.dir, "work")
	w.commit(work, "the second")
	dir := filepath.Join(w.dir, "shallow")
	w.git(w.dir, "clone", "--quiet", "--depth", "1", "file://"+w.origin, dir)
	out, code := w.run(dir, []string{"AUTHSYNC_CHANGED_SINCE=HEAD^"}, "sh", "ci/plan.sh")
	if code != 1 || !strings.Contains(out, "fetch-depth: 0") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// A plan that fails is said in the comment, and there is nothing to apply.
func TestGitHubBroken(t *testing.T) {
	w := newWorld(t)
	g := &gitHub{world: w, artifacts: map[string]artifact{}}
	work := filepath.Join(w.dir, "work")
	w.check(replace(filepath.Join(work, "envs/dev.yaml"), "anonymousLogin: true", "anonymousLogin: many"))
	head := w.commit(work, "a mistake")
	g.fails(planFile, "check", event{name: "pull_request", ref: "main", sha: head, run: "34"}, 1, "dev.yaml:")
	g.fails(planFile, "plan", event{name: "pull_request", ref: "main", sha: head, run: "34"}, 1, "dev.yaml:")
	if len(w.host.comments) != 1 || !strings.HasPrefix(w.host.comments[0].body, "<!-- authsync:plan -->\n### authsync plan: there is none\n") {
		t.Errorf("the comments are %+v", w.host.comments)
	}
	if len(g.artifacts) > 0 {
		t.Error("a plan was kept")
	}
}

// Drift opens an issue, edits it, and closes it when it is gone; then a new one.
func TestGitHubDrift(t *testing.T) {
	w := newWorld(t)
	g := &gitHub{world: w, artifacts: map[string]artifact{}}
	drifts(t, w, func() string { return g.passes(driftFile, "drift", event{name: "schedule", ref: "main", run: "50"}) })
}

// drifts tells the story of drift to a pipeline of either code host.
func drifts(t *testing.T, w *world, run func() string) {
	t.Helper()
	const marker = "<!-- authsync:drift -->"
	w.host.issues = crowd(marker)
	work := filepath.Join(w.dir, "work")
	if out, code := w.run(work, []string{"AUTHSYNC_IDENTITY=" + w.identity()}, "authsync", "apply", "envs", "--yes"); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	w.commit(work, "locks")
	run()
	if made := own(t, w.host.issues, marker); len(made) != 0 {
		t.Fatalf("without drift there is %+v", made)
	}
	w.byHand("login: {phoneNumberLogin: true}")
	run()
	first := own(t, w.host.issues, marker)
	w.byHand("login: {emailLogin: false}")
	run()
	second := own(t, w.host.issues, marker)
	if len(first) != 1 || len(second) != 1 || first[0].id != second[0].id ||
		strings.Contains(first[0].body, "emailLogin") || !strings.Contains(second[0].body, "emailLogin") {
		t.Fatalf("drift made %+v, then %+v", first, second)
	}
	w.byHand("login: {emailLogin: true, phoneNumberLogin: false}")
	run()
	if last := own(t, w.host.issues, marker); len(last) != 1 || !last[0].closed {
		t.Errorf("when the drift is gone there is %+v", last)
	}
	w.byHand("login: {phoneNumberLogin: true}")
	run()
	if last := own(t, w.host.issues, marker); len(last) != 2 || last[1].closed {
		t.Errorf("when it is back there is %+v", last)
	}
}

func (g *gitHub) passes(file, job string, e event) string {
	g.t.Helper()
	out, code := g.job(file, job, e)
	if code != 0 {
		g.t.Fatalf("%s: exit code %d:\n%s", job, code, out)
	}
	return out
}

func (g *gitHub) fails(file, job string, e event, want int, says string) {
	g.t.Helper()
	out, code := g.job(file, job, e)
	if code != want || !strings.Contains(out, says) {
		g.t.Errorf("%s: exit code %d, want %d and %q:\n%s", job, code, want, says, out)
	}
}

func replace(file, old, new string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.Replace(string(text), old, new, 1)), 0o644)
}
