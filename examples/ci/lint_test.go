package ci

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"gopkg.in/yaml.v3"
)

type action struct {
	Runs struct {
		Using string
		Steps []workflowStep
	}
}

func readAction(t *testing.T) (a action) {
	t.Helper()
	text, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func workflows(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("github/*.yml")
	if err != nil || len(files) != 3 {
		t.Fatalf("the workflows are %q, %v", files, err)
	}
	return files
}

func TestActionlint(t *testing.T) {
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range workflows(t) {
		faults, err := linter.LintFile(file, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range faults {
			t.Error(fault)
		}
	}
}

// Every script is one for sh, and shellcheck, where there is one, has nothing to
// say.
func TestScriptsAreSound(t *testing.T) {
	for dir, least := range map[string]int{"shell": 10, "../fleet/shell": 3} {
		scripts, err := filepath.Glob(dir + "/*.sh")
		if err != nil || len(scripts) < least {
			t.Fatalf("the scripts are %q, %v", scripts, err)
		}
		for i, script := range scripts {
			if out, err := exec.Command("sh", "-n", script).CombinedOutput(); err != nil {
				t.Errorf("%s: %s", script, out)
			}
			scripts[i] = filepath.Base(script)
		}
		shellcheck := exec.Command("shellcheck", append([]string{"-x"}, scripts...)...)
		shellcheck.Dir = dir
		if _, err := exec.LookPath("shellcheck"); err == nil {
			if out, err := shellcheck.CombinedOutput(); err != nil {
				t.Errorf("%s", out)
			}
		}
	}
}

var (
	pinned  = regexp.MustCompile(`^\s*(- )?uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # .+$`)
	secret  = regexp.MustCompile(`(secrets\.|vars\.|\$\{?)(AUTHSYNC_(?:IDENTITY|WRITE_\w+|PUSH_TOKEN|READ_\w+))`)
	writing = []string{"AUTHSYNC_IDENTITY", "AUTHSYNC_WRITE_ROLE", "AUTHSYNC_PUSH_TOKEN"}
)

// What is not pinned can be changed by others; what runs a fork's code with
// secrets hands them out.
func TestWorkflowsAreSafe(t *testing.T) {
	for _, file := range append(workflows(t), "../../action.yml") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			line = strings.TrimRight(line, "\n")
			if strings.Contains(line, "uses:") && !pinned.MatchString(line) {
				t.Errorf("%s: not pinned: %s", file, line)
			}
			if code, _, _ := strings.Cut(line, "#"); strings.Contains(code, "pull_request_target") {
				t.Errorf("%s: %s", file, line)
			}
			if strings.Contains(line, "${{") && strings.Contains(line, "run:") {
				t.Errorf("%s: an expression in a script is a way in for what others write: %s", file, line)
			}
		}
	}
	for _, file := range workflows(t) {
		w := readWorkflow(t, file)
		if w.Permissions == nil || len(w.Permissions) > 0 || w.Concurrency.Group == "" {
			t.Errorf("%s: permissions %v, concurrency %q", file, w.Permissions, w.Concurrency.Group)
		}
		for name, job := range w.Jobs {
			var seen []string
			for _, step := range job.Steps {
				if _, set := step.Env["AUTHSYNC_HOSTS"]; step.Env["TENCENTCLOUD_ASSUME_ROLE_ARN"] != "" && !set {
					t.Errorf("%s: %s: %s holds credentials, and does not say where they may go", file, name, step.Name)
				}
				for _, value := range step.Env {
					seen = append(seen, named(value)...)
				}
				if strings.Contains(step.Run, "${{") {
					t.Errorf("%s: %s: an expression in a script", file, name)
				}
			}
			holdsOnly(t, file+": "+name, job.Environment, seen)
			if name == "check" && (len(seen) > 0 || len(job.Permissions) != 1 || job.Permissions["contents"] != "read") {
				t.Errorf("%s: the check has %v and %v", file, seen, job.Permissions)
			}
		}
	}
}

func TestGitLabIsSafe(t *testing.T) {
	_, jobs := readGitLab(t)
	for name, job := range jobs {
		holdsOnly(t, name, job.Environment, named(strings.Join(job.Script, "\n")))
	}
	for _, need := range jobs["apply"].Needs {
		if need.Artifacts != "false" {
			t.Errorf("what the job %s has left is unpacked over the checkout of the apply job", need.Job)
		}
	}
	if len(jobs["apply"].Needs) == 0 {
		t.Error("without needs what every earlier job has left is unpacked over the checkout of the apply job")
	}
	if jobs["apply"].ResourceGroup == "" || !slices.ContainsFunc(jobs["apply"].Rules, func(r struct{ If, When string }) bool { return r.When == "manual" }) {
		t.Error("the apply job does not wait, or runs beside another")
	}
}

func named(text string) []string {
	var names []string
	for _, found := range secret.FindAllStringSubmatch(text, -1) {
		names = append(names, found[2])
	}
	return names
}

// holdsOnly fails if a job without an environment holds what writes.
func holdsOnly(t *testing.T, job, environment string, names []string) {
	t.Helper()
	for _, name := range names {
		if slices.Contains(writing, name) != (environment != "") {
			t.Errorf("%s, of the environment %q, has %s", job, environment, name)
		}
	}
}
