// Package ci has ready pipelines, and this test, which runs their shell steps
// against the sandbox with the API of the code host played. See docs/pipelines.md.
package ci

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"authsync/cli"
	"authsync/remote/sandbox"
	"authsync/schema"
)

// The test binary is authsync too, when a pipeline calls it by that name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "authsync" {
		os.Exit(cli.Main(os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	os.Exit(m.Run())
}

// world is what a pipeline runs in: the services, the code host with its API,
// and the repository.
type world struct {
	t       *testing.T
	dir     string
	sandbox string
	origin  string // a bare repository
	host    *host
	path    string // the PATH of every job
}

// key opens the secrets of the examples.
const key = "EXAMPLE-KEY-NOT-SECRET.txt"

// newWorld has the examples' manifests on the branch main, and the examples'
// live state.
func newWorld(t *testing.T) *world {
	t.Helper()
	for _, tool := range []string{"git", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s here", tool)
		}
	}
	w := &world{t: t, dir: t.TempDir()}
	loaded := schema.Load([]string{"../sandbox"}, schema.SecretsPlain)
	w.check(loaded.Faults.Err())
	server := sandbox.New(sandbox.Options{})
	for _, env := range loaded.Environments {
		w.check(server.Seed(env))
	}
	listening, err := sandbox.Start("127.0.0.1:0", server)
	w.check(err)
	t.Cleanup(func() { server.Close(); listening.Close() })
	w.sandbox = listening.URL
	w.host = newHost(t)

	bin := filepath.Join(w.dir, "bin")
	w.check(os.Mkdir(bin, 0o755))
	self, err := os.Executable()
	w.check(err)
	w.check(os.Symlink(self, filepath.Join(bin, "authsync")))
	// GitLab's jobs install what they need from their image's packages.
	w.check(os.WriteFile(filepath.Join(bin, "apk"), []byte("#!/bin/sh\n"), 0o755))
	w.path = bin + ":" + os.Getenv("PATH")

	w.origin = filepath.Join(w.dir, "origin.git")
	w.git(w.dir, "init", "--quiet", "--bare", "--initial-branch=main", w.origin)
	work := filepath.Join(w.dir, "work")
	w.git(w.dir, "clone", "--quiet", w.origin, work)
	w.check(os.CopyFS(filepath.Join(work, "envs"), os.DirFS("../envs")))
	w.check(os.CopyFS(filepath.Join(work, "ci"), os.DirFS("shell")))
	w.check(os.WriteFile(filepath.Join(work, ".gitignore"), []byte(".authsync/\n"), 0o644))
	w.git(work, "checkout", "--quiet", "-B", "main")
	w.commit(work, "the first")
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// git runs git as somebody of the team.
func (w *world) git(dir string, args ...string) string {
	w.t.Helper()
	out, code := w.run(dir, []string{"GIT_AUTHOR_NAME=ann", "GIT_AUTHOR_EMAIL=ann@example.com",
		"GIT_COMMITTER_NAME=ann", "GIT_COMMITTER_EMAIL=ann@example.com"}, "git", args...)
	if code != 0 {
		w.t.Fatalf("git %s: %s", strings.Join(args, " "), out)
	}
	return strings.TrimSpace(out)
}

func (w *world) commit(dir, message string) (sha string) {
	w.t.Helper()
	w.git(dir, "add", "--all")
	w.git(dir, "commit", "--quiet", "--allow-empty", "--message", message)
	w.git(dir, "push", "--quiet", "origin", "HEAD")
	return w.git(dir, "rev-parse", "HEAD")
}

// clone is a fresh copy of the repository, as each job gets one.
func (w *world) clone(ref string) string {
	w.t.Helper()
	dir, err := os.MkdirTemp(w.dir, "job")
	w.check(err)
	w.git(dir, "clone", "--quiet", w.origin, ".")
	w.git(dir, "checkout", "--quiet", ref)
	return dir
}

// run runs a program, and returns what it wrote, and its exit code.
func (w *world) run(dir string, env []string, name string, args ...string) (string, int) {
	w.t.Helper()
	command := w.command(dir, env, name, args...)
	var out bytes.Buffer
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		w.t.Fatal(err)
	}
	return out.String(), command.ProcessState.ExitCode()
}

// command is a program in an environment that has nothing but env and the way to
// the sandbox.
func (w *world) command(dir string, env []string, name string, args ...string) *exec.Cmd {
	if name == "authsync" {
		name = filepath.Join(w.dir, "bin", name)
	}
	command := exec.Command(name, args...)
	command.Dir = dir
	command.Env = append([]string{"PATH=" + w.path, "HOME=" + w.dir, "AUTHSYNC_SANDBOX=" + w.sandbox, "CI=true",
		"GIT_CONFIG_NOSYSTEM=1", "GORACE=atexit_sleep_ms=0", "GOGC=400"}, env...)
	return command
}

// byHand writes to dev what git does not know of.
func (w *world) byHand(manifest string) {
	w.t.Helper()
	dir := w.t.TempDir()
	head := "apiVersion: authsync/v1\nkind: Environment\nname: dev\nsystems: {cloudbase: {envId: acme-dev-5gq1x7}}\n"
	w.check(os.WriteFile(filepath.Join(dir, "dev.yaml"), []byte(head+manifest+"\n"), 0o644))
	if out, code := w.run(dir, nil, "authsync", "apply", "dev.yaml", "--yes", "--allow", "weaken"); code != 0 {
		w.t.Fatalf("exit code %d:\n%s", code, out)
	}
}

// requests are those that the services have got, one a line.
func (w *world) requests() string {
	w.t.Helper()
	answer, err := http.Get(w.sandbox + "/_sandbox/requests")
	w.check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	w.check(err)
	return string(text)
}

// writes is how many of them may have changed something.
func (w *world) writes() int {
	w.t.Helper()
	return strings.Count(w.requests(), `"write":true`)
}

// onMain is the text of a file on the branch main.
func (w *world) onMain(file string) string {
	w.t.Helper()
	return w.git(w.origin, "show", "main:"+file)
}

func (w *world) identity() string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join("../envs", key))
	w.check(err)
	return string(text)
}

// fault makes a request to the services fail.
func (w *world) fault(what string) {
	w.t.Helper()
	answer, err := http.Post(w.sandbox+"/_sandbox/faults", "application/json", strings.NewReader(what))
	w.check(err)
	answer.Body.Close()
	if answer.StatusCode >= 300 {
		w.t.Fatalf("the sandbox does not take the fault: %s", answer.Status)
	}
}
