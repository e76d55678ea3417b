package ci

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The scripts alone, as any other runner calls them; there is no API.
func TestShell(t *testing.T) {
	w := newWorld(t)
	credentials := []string{"TENCENTCLOUD_SECRETID=sandbox", "TENCENTCLOUD_SECRETKEY=sandbox"}
	write := append(credentials, "AUTHSYNC_IDENTITY="+w.identity(), "AUTHSYNC_BRANCH=main", "AUTHSYNC_RUN=12", "AUTHSYNC_ENVS=dev staging")
	script := func(want int, dir string, env []string, name string) string {
		t.Helper()
		out, code := w.run(dir, env, "sh", "ci/"+name)
		if code != want {
			t.Fatalf("%s: exit code %d, want %d:\n%s", name, code, want, out)
		}
		return out
	}
	dir := w.clone("main")
	script(0, dir, nil, "check.sh")
	script(3, dir, write, "apply.sh")
	script(0, dir, append(credentials, "AUTHSYNC_ENVS=dev staging"), "plan.sh")
	if text, err := os.ReadFile(filepath.Join(dir, "plan.md")); err != nil || strings.Contains(string(text), "prod") || !strings.Contains(string(text), "staging") {
		t.Errorf("plan.md is\n%s%v", text, err)
	}
	// Meanwhile somebody pushes: the lock goes on top.
	work := filepath.Join(w.dir, "work")
	w.check(os.WriteFile(filepath.Join(work, "README"), []byte("a word\n"), 0o644))
	w.commit(work, "a word")
	script(0, dir, write, "apply.sh")
	if log := w.git(w.origin, "log", "--format=%s", "main"); log != "authsync: what run 12 has applied [skip ci]\na word\nthe first" {
		t.Errorf("main is\n%s", log)
	}
	script(0, w.clone("main"), append(credentials, "AUTHSYNC_ENVS=dev"), "drift.sh")
	w.byHand("login: {phoneNumberLogin: true}")
	script(2, w.clone("main"), append(credentials, "AUTHSYNC_ENVS=dev"), "drift.sh")
}

// What labels ask for. What is none of the pipeline's, or would be more than one
// argument, asks for nothing.
func TestLabels(t *testing.T) {
	w := newWorld(t)
	dir := w.clone("main")
	for labels, want := range map[string]string{
		"": "envs",
		"prune,prune-unmanaged, allow:delete=2,allow:weaken:prod":                 "envs --prune --prune-unmanaged --allow=delete=2 --allow=weaken:prod",
		"rotate:apiKey/server,recreate,rewrite-secrets":                           "envs --rotate=apiKey/server --recreate --rewrite-secrets",
		"urgent,pruned,allow,target:login,env:prod,help":                          "envs",
		"allow:weaken\n--prune,allow:$(id),allow:*,allow:a b,rotate:../*,--prune": "envs",
	} {
		out, code := w.run(dir, []string{"AUTHSYNC_LABELS=" + labels}, "sh", "-eu", "-c", ". ci/lib.sh; asked")
		if got := strings.Join(strings.Split(strings.TrimSpace(out), "\n"), " "); code != 0 || got != want {
			t.Errorf("%q asks for %q, want %q", labels, got, want)
		}
	}
	out, _ := w.run(dir, []string{"AUTHSYNC_PATHS=a  b", "AUTHSYNC_ENVS=dev prod"}, "sh", "-eu", "-c", ". ci/lib.sh; asked")
	if out != "a\nb\n--env=dev\n--env=prod\n" {
		t.Errorf("paths and environments ask for %q", out)
	}
}

// What somebody else has made of a plan, and where programs come from.
func TestShellTrustsNothing(t *testing.T) {
	w := newWorld(t)
	dir := w.clone("main")
	env := []string{"AUTHSYNC_IDENTITY=" + w.identity(), "AUTHSYNC_BRANCH=main", "AUTHSYNC_RUN=12", "AUTHSYNC_ENVS=dev"}
	refused := func(says string, more ...string) {
		t.Helper()
		out, code := w.run(dir, append(env, more...), "sh", "ci/apply.sh")
		if code == 0 || !strings.Contains(out, says) || w.writes() != 0 {
			t.Errorf("exit code %d, %d writes, want %q:\n%s", code, w.writes(), says, out)
		}
	}
	for _, asked := range []string{"", "--env=dev --prune", "--env=dev --allow=weaken", "--env=dev --target=login", "--env=staging", "--env=dev --rewrite-secrets",
		"--env=dev --recreate", "--env=dev --env=staging"} {
		if out, code := w.run(dir, nil, "sh", "-c", "authsync plan envs --out plan.json "+asked); code != 0 {
			t.Fatal(out)
		}
		refused("refused: the plan was asked for as")
	}
	if out, code := w.run(dir, nil, "authsync", "plan", "envs/dev.yaml", "--env=dev", "--out", "plan.json"); code != 0 {
		t.Fatal(out)
	}
	refused("refused: the plan was asked for as")

	if out, code := w.run(dir, []string{"AUTHSYNC_ENVS=dev"}, "sh", "ci/plan.sh"); code != 0 {
		t.Fatal(out)
	}
	kept := filepath.Join(t.TempDir(), "plan.json")
	w.check(os.Rename(filepath.Join(dir, "plan.json"), kept))
	w.check(os.Symlink(kept, filepath.Join(dir, "plan.json")))
	refused("there is no plan.json")
	w.check(os.Mkdir(filepath.Join(dir, "bin"), 0o755))
	w.check(os.WriteFile(filepath.Join(dir, "bin", "git"), []byte("#!/bin/sh\necho pwned\n"), 0o755))
	for _, path := range []string{filepath.Join(dir, "bin"), "bin", ".", ""} {
		refused("pipeline: PATH has", "PATH="+path+":"+w.path, "AUTHSYNC_PLAN="+kept)
	}
	if out, code := w.run(dir, append(env, "AUTHSYNC_PLAN="+kept), "sh", "ci/apply.sh"); code != 0 || w.writes() == 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
}

// A branch that takes no push, and one where the lock has changed meanwhile:
// nothing is lost.
func TestLockIsKept(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"protected": func(w *world) {
			hook := "#!/bin/sh\n[ \"$1\" != refs/heads/main ] || exit 1\n"
			w.check(os.WriteFile(filepath.Join(w.origin, "hooks", "update"), []byte(hook), 0o755))
		},
		"in conflict": func(w *world) {
			work := filepath.Join(w.dir, "work")
			w.check(os.WriteFile(filepath.Join(work, "envs/dev.lock.yaml"), []byte("theirs\n"), 0o644))
			w.commit(work, "their lock")
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			dir := w.clone("main")
			spoil(w)
			w.check(os.WriteFile(filepath.Join(dir, "envs/dev.lock.yaml"), []byte("ours\n"), 0o644))
			w.check(os.WriteFile(filepath.Join(dir, "envs/dev.yaml"), []byte("not a lock\n"), 0o644))
			out, code := w.run(dir, []string{"AUTHSYNC_BRANCH=main", "AUTHSYNC_RUN=9"}, "sh", "ci/commit-lock.sh")
			if code != 1 || !strings.Contains(out, "It is in the branch authsync/lock-9: merge that") {
				t.Errorf("exit code %d:\n%s", code, out)
			}
			if kept := w.git(w.origin, "show", "authsync/lock-9:envs/dev.lock.yaml"); kept != "ours" {
				t.Errorf("kept is %q", kept)
			}
			if changed := w.git(w.origin, "show", "--name-only", "--format=", "authsync/lock-9"); changed != "envs/dev.lock.yaml" {
				t.Errorf("committed are %q", changed)
			}
		})
	}
}

// What is installed is what its checksum says.
func TestInstall(t *testing.T) {
	w := newWorld(t)
	w.host.release(t, w, "0.1.0")
	dir := w.clone("main")
	env := []string{"AUTHSYNC_RELEASES=" + w.host.URL + "/releases", "AUTHSYNC_VERSION=0.1.0"}
	if out, code := w.run(dir, append(env, "AUTHSYNC_SHA256=0000"), "sh", "ci/install.sh", ".bin"); code != 1 || !strings.Contains(out, "not 0000") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, ".bin")); err == nil {
		t.Error("it was installed")
	}
	if out, code := w.run(dir, append(env, "AUTHSYNC_VERSION=0.2.0"), "sh", "ci/install.sh", ".bin"); code == 0 {
		t.Errorf("there is no 0.2.0:\n%s", out)
	}

	// And so does action.yml, which puts it on the PATH.
	action := readAction(t)
	step := action.Runs.Steps[len(action.Runs.Steps)-1]
	root, err := filepath.Abs("../..")
	w.check(err)
	env = append(env, "HERE="+root, "RUNNER_TEMP="+dir, "GITHUB_PATH="+filepath.Join(dir, "path"))
	if out, code := w.run(dir, env, "sh", "-e", "-c", step.Run); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	bin, err := os.ReadFile(filepath.Join(dir, "path"))
	w.check(err)
	if out, code := w.run(dir, nil, filepath.Join(strings.TrimSpace(string(bin)), "authsync"), "version"); code != 0 || !strings.Contains(out, "authsync") {
		t.Error(fmt.Sprint(code, out))
	}
}

// A job that is cancelled ends after the call in flight, and what was done is in
// the lock on the branch.
func TestCancelled(t *testing.T) {
	w := newWorld(t)
	dir := w.clone("main")
	if out, code := w.run(dir, []string{"AUTHSYNC_ENVS=dev"}, "sh", "ci/plan.sh"); code != 0 {
		t.Fatal(out)
	}
	w.fault(`{"match":"AddProvider","fault":"timeout"}`)
	env := []string{"AUTHSYNC_IDENTITY=" + w.identity(), "AUTHSYNC_BRANCH=main", "AUTHSYNC_RUN=13", "AUTHSYNC_ENVS=dev"}
	command := w.command(dir, env, "sh", "ci/apply.sh", "--timeout", "5s")
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	w.check(command.Start())
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	for !strings.Contains(w.requests(), "AddProvider") {
		if len(done) > 0 {
			t.Fatalf("it has ended before: %v\n%s", <-done, out.String())
		}
	}
	w.check(command.Process.Signal(syscall.SIGTERM))
	var ended *exec.ExitError
	if err := <-done; !errors.As(err, &ended) || ended.ExitCode() != 4 || !strings.Contains(out.String(), "since stopped: terminated signal received") {
		t.Errorf("%v:\n%s", err, out.String())
	}
	if subject := w.git(w.origin, "show", "--no-patch", "--format=%s", "main"); subject != "authsync: what run 13 has applied [skip ci]" {
		t.Errorf("the last commit on main is %q", subject)
	}
}
