package ci

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rhysd/actionlint"
	"gopkg.in/yaml.v3"
)

// fleetShards is how many shards the examples of a fleet have.
const fleetShards = 4

// newFleet is a world whose repository has the scripts of a fleet, too, and in which two
// environments are to change.
func newFleet(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	work := filepath.Join(w.dir, "work")
	w.check(os.CopyFS(filepath.Join(work, "ci"), os.DirFS("../fleet/shell")))
	w.check(os.WriteFile(filepath.Join(work, ".gitignore"), []byte(".authsync/\nresults/\nfleet.*\n"), 0o644))
	for _, env := range []string{"dev", "prod"} {
		w.check(changeLogin(filepath.Join(work, "envs", env+".yaml")))
	}
	w.commit(work, "a change for a fleet")
	return w
}

// changeLogin changes what the manifest of an environment wants.
func changeLogin(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, regexp.MustCompile(`(?m)^login:$`).ReplaceAll(text, []byte("login:\n  userNameLogin: false")), 0o644)
}

// fleetApplied fails unless every environment is as wanted, and the locks of the two that
// have changed came to the branch in one commit.
func (w *world) fleetApplied(commits string) {
	w.t.Helper()
	now := w.git(w.origin, "rev-list", "--count", "main")
	if before := commits; now != fmt.Sprint(number(w.t, before)+1) {
		w.t.Errorf("the branch has %s commits, and had %s", now, before)
	}
	changed := w.git(w.origin, "show", "--name-only", "--format=", "main")
	for _, lock := range []string{"envs/dev.lock.yaml", "envs/prod.lock.yaml"} {
		if !strings.Contains(changed, lock) {
			w.t.Errorf("the commit has %s", changed)
		}
	}
	dir := w.clone("main")
	if out, code := w.run(dir, nil, "authsync", "plan", "envs", "--exit-code"); code != 0 {
		w.t.Errorf("not everything was applied, exit code %d:\n%s", code, out)
	}
}

func number(t *testing.T, text string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

const fleetWorkflow = "../fleet/github/authsync-fleet.yml"

func TestFleetActionlint(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	faults, err := linter.LintFile(fleetWorkflow, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// What is not pinned can be changed by others, and only a job of the protected
// environment holds what writes.
func TestFleetWorkflowIsSafe(t *testing.T) {
	text, err := os.ReadFile(fleetWorkflow)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\n"); strings.Contains(line, "uses:") && !pinned.MatchString(line) {
			t.Errorf("not pinned: %s", line)
		}
	}
	for name, job := range readWorkflow(t, fleetWorkflow).Jobs {
		var seen []string
		for _, step := range job.Steps {
			for _, value := range step.Env {
				seen = append(seen, named(value)...)
			}
			if strings.Contains(step.Run, "${{") {
				t.Errorf("%s: an expression in a script", name)
			}
			if _, set := step.Env["AUTHSYNC_HOSTS"]; step.Env["TENCENTCLOUD_ASSUME_ROLE_ARN"] != "" && !set {
				t.Errorf("%s: %s holds credentials, and does not say where they may go", name, step.Name)
			}
		}
		if len(seen) > 0 {
			holdsOnly(t, name, strings.TrimPrefix(job.Environment, "fleet"), seen)
		}
	}
}

var inExpression = regexp.MustCompile(`\$\{\{ (.*?) \}\}`)

// fleetJob runs the steps of a job of the workflow, with the values of its expressions,
// and returns what they wrote, the outputs and the exit code.
func (w *world) fleetJob(name string, values map[string]string) (out string, outputs map[string]string, code int) {
	w.t.Helper()
	outputs = map[string]string{}
	dir := w.clone("main")
	file, summary := filepath.Join(w.t.TempDir(), "outputs"), filepath.Join(w.t.TempDir(), "summary")
	for _, step := range readWorkflow(w.t, fleetWorkflow).Jobs[name].Steps {
		if step.Run == "" || code != 0 {
			continue
		}
		w.check(os.WriteFile(file, nil, 0o600))
		env := []string{"GITHUB_OUTPUT=" + file, "GITHUB_STEP_SUMMARY=" + summary}
		for name, text := range step.Env {
			env = append(env, name+"="+inExpression.ReplaceAllStringFunc(text, func(e string) string { return values[inExpression.FindStringSubmatch(e)[1]] }))
		}
		var said string
		said, code = w.run(dir, env, "sh", "-e", "-c", step.Run)
		out += said
		left, err := os.ReadFile(file)
		w.check(err)
		for line := range strings.Lines(string(left)) {
			key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
			outputs[key] = value
		}
	}
	if text, err := os.ReadFile(summary); err == nil {
		out += string(text)
	}
	return out, outputs, code
}

func TestFleetOnGitHub(t *testing.T) {
	w := newFleet(t)
	commits := w.git(w.origin, "rev-list", "--count", "main")
	temp := t.TempDir() // of all runners: an artifact lies where it was made
	values := func(shard int) map[string]string {
		return map[string]string{"matrix.shard": fmt.Sprint(shard), "strategy.job-total": fmt.Sprint(fleetShards), "runner.temp": temp,
			"secrets.AUTHSYNC_IDENTITY": w.identity(), "github.server_url": w.dir, "github.repository": "origin", "github.run_id": "60"}
	}
	w.check(os.Symlink(temp, filepath.Join(temp, "plans")))
	w.check(os.Symlink(temp, filepath.Join(temp, "results")))
	for shard := range fleetShards {
		if out, _, code := w.fleetJob("plan", values(shard+1)); code != 0 {
			t.Fatalf("plan of shard %d: exit code %d:\n%s", shard+1, code, out)
		}
	}
	out, outputs, code := w.fleetJob("report", values(0))
	if code != 0 || !strings.Contains(out, "4 of 4 shards reported") || !strings.Contains(out, "userNameLogin: true -> false") {
		t.Fatalf("report: exit code %d:\n%s", code, out)
	}
	var digests map[string]string
	w.check(json.Unmarshal([]byte(outputs["digests"]), &digests))

	// Another plan than the one that was shown is refused.
	wrong := values(2)
	wrong["fromJSON(needs.report.outputs.digests)[matrix.shard]"] = digests["1"]
	if out, _, code := w.fleetJob("apply", wrong); code != 3 {
		t.Fatalf("apply of another plan: exit code %d:\n%s", code, out)
	}
	for shard := range fleetShards {
		v := values(shard + 1)
		v["fromJSON(needs.report.outputs.digests)[matrix.shard]"] = digests[v["matrix.shard"]]
		if out, _, code := w.fleetJob("apply", v); code != 0 {
			t.Fatalf("apply of shard %d: exit code %d:\n%s", shard+1, code, out)
		}
	}
	out, _, code = w.fleetJob("commit", values(0))
	if code != 0 || !strings.Contains(out, "4 of 4 shards reported") {
		t.Fatalf("commit: exit code %d:\n%s", code, out)
	}
	w.fleetApplied(commits)

	// A shard whose job never ended is missed.
	w.check(os.Remove(filepath.Join(temp, "applied-3.json")))
	if out, _, code := w.fleetJob("commit", values(0)); code != 1 || !strings.Contains(out, "shard 3 of 4 did not report") {
		t.Errorf("commit without a shard: exit code %d:\n%s", code, out)
	}
}

// fleetGitLab runs a job of the GitLab pipeline of a fleet in a fresh clone, with what
// the jobs before have left.
func (w *world) fleetGitLab(name string, shard int, left string) (string, int) {
	w.t.Helper()
	text, err := os.ReadFile("../fleet/gitlab/.gitlab-ci.yml")
	w.check(err)
	var pipeline struct {
		Default struct {
			BeforeScript []string `yaml:"before_script"`
		}
		Jobs map[string]yaml.Node `yaml:",inline"`
	}
	w.check(yaml.Unmarshal(text, &pipeline))
	var job struct {
		Script      []string
		Parallel    int
		Environment string
	}
	node := pipeline.Jobs[name]
	w.check(node.Decode(&job))
	if shard > 0 && job.Parallel != fleetShards {
		w.t.Fatalf("%s runs in %d jobs", name, job.Parallel)
	}
	var env []string
	for name, value := range (gitLab{w}).variables("push", w.git(w.origin, "rev-parse", "main")) {
		env = append(env, name+"="+value)
	}
	if job.Environment != "" {
		env = append(env, "AUTHSYNC_PUSH_TOKEN="+token, "AUTHSYNC_IDENTITY="+w.identity())
	}
	if shard > 0 {
		env = append(env, fmt.Sprintf("CI_NODE_INDEX=%d", shard), fmt.Sprintf("CI_NODE_TOTAL=%d", fleetShards))
	}
	dir := w.clone("main")
	w.check(os.Symlink(left, filepath.Join(dir, "results")))
	return w.run(dir, env, "sh", "-e", "-c", strings.Join(append(pipeline.Default.BeforeScript, job.Script...), "\n"))
}

func TestFleetOnGitLab(t *testing.T) {
	w := newFleet(t)
	w.host.release(t, w, "0.1.0")
	commits, left := w.git(w.origin, "rev-list", "--count", "main"), t.TempDir()
	each := func(name string) {
		for shard := range fleetShards {
			if out, code := w.fleetGitLab(name, shard+1, left); code != 0 {
				t.Fatalf("%s of shard %d: exit code %d:\n%s", name, shard+1, code, out)
			}
		}
	}
	once := func(name, says string) {
		if out, code := w.fleetGitLab(name, 0, left); code != 0 || !strings.Contains(out, says) {
			t.Fatalf("%s: exit code %d:\n%s", name, code, out)
		}
	}
	each("plan")
	once("report", "4 of 4 shards reported")
	once("approve", "")
	each("apply")
	once("commit", "4 of 4 shards reported")
	w.fleetApplied(commits)
}

// podSpec is what is read of a pod here; a test of the tools reads all of it.
type podSpec struct {
	Containers []struct {
		Args []string
		Env  []struct{ Name, Value string }
	}
}

// pods reads the pod of a Job or CronJob.
func pods(t *testing.T, file string) podSpec {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../fleet/kubernetes", file))
	if err != nil {
		t.Fatal(err)
	}
	type job struct {
		Template struct{ Spec podSpec }
	}
	var manifest struct {
		Spec struct {
			job         `yaml:",inline"`
			JobTemplate struct{ Spec job } `yaml:"jobTemplate"`
		}
	}
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	if spec := manifest.Spec.JobTemplate.Spec.Template.Spec; len(spec.Containers) > 0 {
		return spec
	}
	return manifest.Spec.Template.Spec
}

// pod runs the container of a manifest as a process; index is that of an Indexed Job.
func (w *world) pod(file, fleet string, index int) (string, int) {
	w.t.Helper()
	container := pods(w.t, file).Containers[0]
	env := []string{"AUTHSYNC_IDENTITY=" + w.identity(), fmt.Sprintf("JOB_COMPLETION_INDEX=%d", index)}
	for _, e := range container.Env {
		if e.Value != "" {
			env = append(env, e.Name+"="+e.Value)
		}
	}
	env = append(env, "FLEET="+fleet)
	return w.run(filepath.Join(fleet, "checkout"), env, "sh", append([]string{"-eu", "-c"}, container.Args...)...)
}

func TestFleetOnKubernetes(t *testing.T) {
	w := newFleet(t)
	commits, fleet := w.git(w.origin, "rev-list", "--count", "main"), t.TempDir()
	w.check(os.Symlink(w.clone("main"), filepath.Join(fleet, "checkout")))
	atOnce := func(file string) (codes [fleetShards]int, out [fleetShards]string) {
		var wait sync.WaitGroup
		for index := range fleetShards {
			wait.Go(func() { out[index], codes[index] = w.pod(file, fleet, index) })
		}
		wait.Wait()
		return codes, out
	}
	if codes, out := atOnce("apply.yaml"); codes != [fleetShards]int{} {
		t.Fatalf("exit codes %v:\n%s", codes, strings.Join(out[:], "\n"))
	}
	if out, code := w.pod("report.yaml", fleet, 0); code != 0 || !strings.Contains(out, "4 of 4 shards reported") {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	w.fleetApplied(commits)

	// Every pod looks at its own environments: the one with dev finds what moved.
	if codes, out := atOnce("drift.yaml"); codes != [fleetShards]int{} {
		t.Fatalf("exit codes %v:\n%s", codes, strings.Join(out[:], "\n"))
	}
	w.byHand("login: {userNameLogin: true}")
	found := 0
	codes, out := atOnce("drift.yaml")
	for _, code := range codes {
		if code == 2 {
			found++
		}
	}
	if found != 1 {
		t.Errorf("exit codes %v:\n%s", codes, strings.Join(out[:], "\n"))
	}
}
