package ci

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// gitLabJob is what is read of a job of GitLab CI.
type gitLabJob struct {
	Rules         []struct{ If, When string }
	Script        []string
	Environment   string
	Needs         []struct{ Job, Artifacts string }
	ResourceGroup string `yaml:"resource_group"`
	Artifacts     struct{ Paths []string }
}

const gitLabFile = "gitlab/.gitlab-ci.yml"

func readGitLab(t *testing.T) (before []string, jobs map[string]gitLabJob) {
	t.Helper()
	text, err := os.ReadFile(gitLabFile)
	if err != nil {
		t.Fatal(err)
	}
	var head struct {
		Default struct {
			BeforeScript []string `yaml:"before_script"`
		}
	}
	var all map[string]yaml.Node
	if err := yaml.Unmarshal(text, &head); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	jobs = map[string]gitLabJob{}
	for name, node := range all {
		if slices.Contains([]string{"stages", "default", "workflow"}, name) {
			continue
		}
		var job gitLabJob
		if err := node.Decode(&job); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		jobs[name] = job
	}
	return head.Default.BeforeScript, jobs
}

// gitLab runs jobs of the pipeline with sh, as its runner does.
type gitLab struct{ *world }

// variables are those of a job: what the runner gives, and what is set in the
// project. A fork's pipeline has the former alone.
func (g gitLab) variables(source, sha string, more ...string) map[string]string {
	all := map[string]string{
		"CI_API_V4_URL": g.host.URL + "/gitlab", "CI_PROJECT_ID": "7", "CI_PROJECT_URL": strings.TrimSuffix(g.origin, ".git"),
		"CI_PIPELINE_SOURCE": source, "CI_COMMIT_SHA": sha, "CI_COMMIT_BRANCH": "main", "CI_DEFAULT_BRANCH": "main", "CI_PIPELINE_ID": "60",
		"AUTHSYNC_RELEASES": g.host.URL + "/releases", "AUTHSYNC_VERSION": "0.1.0",
		"AUTHSYNC_GITLAB_TOKEN": token,
	}
	for _, pair := range more {
		name, value, _ := strings.Cut(pair, "=")
		all[name] = value
	}
	return all
}

func (g gitLab) request(sha string, more ...string) map[string]string {
	return g.variables("merge_request_event", sha, append([]string{"CI_MERGE_REQUEST_IID=5",
		"CI_MERGE_REQUEST_PROJECT_ID=7", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID=7", "CI_MERGE_REQUEST_DIFF_BASE_SHA=" + g.branchedOff(sha)}, more...)...)
}

// branchedOff is the commit of main that a branch begins at.
func (g gitLab) branchedOff(sha string) string {
	if sha == "" {
		return ""
	}
	return g.git(g.origin, "merge-base", "main", sha)
}

// job runs a job in a clone of ref, if one of its rules holds, and returns where.
func (g gitLab) job(name, ref string, variables map[string]string) (dir, out string, code int) {
	g.t.Helper()
	before, jobs := readGitLab(g.t)
	job, ok := jobs[name]
	if !ok {
		g.t.Fatalf("there is no job %s", name)
	}
	if !slices.ContainsFunc(job.Rules, func(r struct{ If, When string }) bool { return rule(r.If, variables) }) {
		return "", "", 0
	}
	if job.Environment != "" {
		variables["AUTHSYNC_IDENTITY"] = g.identity()
		variables["AUTHSYNC_PUSH_TOKEN"] = token
	}
	var env []string
	for name, value := range variables {
		env = append(env, name+"="+value)
	}
	dir = g.clone(ref)
	out, code = g.run(dir, env, "sh", "-e", "-c", strings.Join(append(before, job.Script...), "\n"))
	return dir, out, code
}

// rule is whether a condition of GitLab holds; here they are comparisons, joined
// by &&.
func rule(condition string, variables map[string]string) bool {
	operand := func(text string) string {
		text = strings.TrimSpace(text)
		if name, ok := strings.CutPrefix(text, "$"); ok {
			return variables[name]
		}
		return strings.Trim(text, `"`)
	}
	for one := range strings.SplitSeq(condition, "&&") {
		left, right, _ := strings.Cut(one, "==")
		if operand(left) != operand(right) {
			return false
		}
	}
	return true
}

func (g gitLab) passes(name, ref string, variables map[string]string) (dir, out string) {
	g.t.Helper()
	dir, out, code := g.job(name, ref, variables)
	if code != 0 {
		g.t.Fatalf("%s: exit code %d:\n%s", name, code, out)
	}
	return dir, out
}

func (g gitLab) fails(name, ref string, variables map[string]string, want int, says string) {
	g.t.Helper()
	_, out, code := g.job(name, ref, variables)
	if code != want || !strings.Contains(out, says) {
		g.t.Errorf("%s: exit code %d, want %d and %q:\n%s", name, code, want, says, out)
	}
}

func TestGitLab(t *testing.T) {
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	g := gitLab{w}
	const marker = "<!-- authsync:plan -->"
	w.host.comments = crowd(marker)

	work := filepath.Join(w.dir, "work")
	w.git(work, "checkout", "--quiet", "-b", "change")
	w.check(replace(filepath.Join(work, "envs/dev.yaml"), "anonymousLogin: true", "anonymousLogin: true\n  phoneNumberLogin: true"))
	head := w.commit(work, "a change")
	g.passes("check", "origin/change", g.request(head))
	g.passes("plan", "origin/change", g.request(head))
	first := own(t, w.host.comments, marker)
	made, _ := g.passes("plan", "origin/change", g.request(head, "CI_MERGE_REQUEST_LABELS=urgent,allow:weaken"))
	if second := own(t, w.host.comments, marker); len(first) != 1 || len(second) != 1 || first[0].id != second[0].id {
		t.Fatalf("the two plans made the notes %+v, then %+v", first, second)
	}
	plan, err := os.ReadFile(filepath.Join(made, "plan.json"))
	w.check(err)
	if !strings.Contains(string(plan), `"weaken"`) {
		t.Error("the label allow:weaken is not in the plan")
	}

	w.git(work, "checkout", "--quiet", "main")
	w.git(work, "merge", "--quiet", "--no-ff", "--message", "merged", "change")
	merge := w.commit(work, "and nothing else")
	m := g.merged(merge, head)
	m.events = []object{onLab("add", "urgent", opened), onLab("add", "allow:weaken", opened), onLab("remove", "allow:weaken", later)}
	w.host.get[project+"/repository/commits/"+merge+"/merge_requests"] = []object{}
	g.fails("apply", merge, g.variables("push", merge), 3, "no merge request was merged as")
	m.jobs = []object{{"id": 70, "name": "plan", "status": "failed", "started_at": planned}, {"id": 69, "name": "plan", "status": "success", "started_at": planned}}
	m.tell()
	g.fails("apply", merge, g.variables("push", merge), 3, "the plan of pipeline 51 has not succeeded")
	m.jobs[0]["status"] = "success"
	m.tell()
	g.fails("apply", merge, g.variables("push", merge), 3, "the plan of job 70 is not kept any more")
	w.host.get[project+"/jobs/70/artifacts/plan.json"] = plan
	m.is["source_project_id"] = 8
	g.fails("apply", merge, g.variables("push", merge), 3, "came from a fork, which gets no plan")
	m.is["source_project_id"] = 7

	w.byHand("login: {phoneNumberLogin: true}")
	before := w.writes()
	g.fails("apply", merge, g.variables("push", merge), 3, "Plan again")
	if w.writes() != before {
		t.Fatal("a stale plan was applied")
	}
	w.byHand("login: {phoneNumberLogin: false}")
	g.passes("apply", merge, g.variables("push", merge))
	if lock := w.onMain("envs/dev.lock.yaml"); !strings.Contains(lock, "phoneNumberLogin") {
		t.Errorf("the lock on main is\n%s", lock)
	}
}

// project is where the API of GitLab has the project.
const project = "/gitlab/projects/7"

// mergeRequest is what the API says of a merged merge request, and of what else
// there is beside it.
type mergeRequest struct {
	g         gitLab
	sha, head string
	is        object   // the merge request
	pipeline  object   // the one that planned it
	jobs      []object // of that
	others    []object // merge requests at its head
	events    []object // nil = they cannot be read
}

// merged is commit sha, a merge request whose head was planned by pipeline 51, job
// 70. There are other pipelines for that commit, newer ones too: of a push, of
// another merge request, of after the merge.
func (g gitLab) merged(sha, head string) *mergeRequest {
	m := &mergeRequest{g: g, sha: sha, head: head, events: []object{},
		is: object{"iid": 5, "state": "merged", "merged_at": mergeAt, "sha": head, "merge_commit_sha": sha, "target_branch": "main",
			"source_project_id": 7, "target_project_id": 7},
		pipeline: object{"id": 51, "source": "merge_request_event", "sha": head, "ref": "refs/merge-requests/5/head", "created_at": planned},
		jobs:     []object{{"id": 70, "name": "plan", "status": "success", "started_at": planned}, {"id": 71, "name": "check", "status": "success", "started_at": planned}},
	}
	m.tell()
	return m
}

// tell has the API say it.
func (m *mergeRequest) tell() {
	get := m.g.host.get
	get[project+"/repository/commits/"+m.sha+"/merge_requests"] = []object{but(m.is, object{"iid": 4, "state": "opened"}), m.is}
	get[project+"/repository/commits/"+m.head+"/merge_requests?per_page=100&page=1"] = append([]object{m.is}, m.others...)
	get[project+"/merge_requests/5/pipelines?per_page=100"] = []object{
		but(m.pipeline, object{"id": 50}), m.pipeline,
		but(m.pipeline, object{"id": 52, "source": "push", "ref": "change"}),
		but(m.pipeline, object{"id": 53, "ref": "refs/merge-requests/6/head"}),
		but(m.pipeline, object{"id": 54, "created_at": later}),
	}
	get[project+"/pipelines/51/jobs?per_page=100"] = m.jobs
	const events = project + "/merge_requests/5/resource_label_events?per_page=100&page=1"
	if delete(get, events); m.events != nil {
		get[events] = m.events
	}
}

func onLab(action, name, at string) object {
	return object{"action": action, "created_at": at, "label": object{"name": name}}
}

// A fork's pipeline runs in the fork, which has no variables of the project: it
// checks, and calls nobody with a token. Nor does it plan when somebody of the
// project runs it there.
func TestGitLabFork(t *testing.T) {
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	g := gitLab{w}
	for name, project := range map[string]string{"in the fork": "8", "in the project": "7"} {
		variables := g.request("", "CI_PROJECT_ID="+project, "CI_MERGE_REQUEST_SOURCE_PROJECT_ID=8")
		delete(variables, "AUTHSYNC_GITLAB_TOKEN")
		if _, out := g.passes("check", "main", variables); strings.Count(out, " is valid: ") != 3 {
			t.Errorf("%s: the check says\n%s", name, out)
		}
		for _, job := range []string{"plan", "apply", "drift"} {
			if dir, _, _ := g.job(job, "main", variables); dir != "" {
				t.Errorf("%s: the job %s ran", name, job)
			}
		}
	}
	for _, call := range w.host.calls {
		if !strings.HasPrefix(call, "GET /releases/") || strings.HasSuffix(call, " !") {
			t.Errorf("a call for a fork: %s", call)
		}
	}
}

func TestGitLabDrift(t *testing.T) {
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	g := gitLab{w}
	drifts(t, w, func() string {
		_, out := g.passes("drift", "main", g.variables("schedule", ""))
		return out
	})
}
