package torture

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"authsync/remote/sandbox"
	"authsync/schema"
	"authsync/schema/quirk"
)

// manifestName is the manifest in a case's directory.
const manifestName = "prod.yaml"

// integrationKey seals passwords for the Integration Center.
const integrationKey = "canary-integration-key-123456789"

// variables are what !env of the manifests names.
var variables = map[string]string{
	"INTEGRATION_KEY": integrationKey,
	"SANDBOX_WORD":    sandbox.Token,
	"CORP_SECRET":     "canary-env-corp",
	"MAIL_SECRET":     "canary-env-mail",
	"PAY_SECRET":      "canary-env-pay",
	"REPORTS_SECRET":  "canary-env-Reports1",
	"S_ONE":           "canary-Secret-1",
	"S_TWO":           "canary-Secret-2",
	"S_THREE":         "canary-Secret-3",
}

// clock is the sandbox's: with one time for all cases, what it holds at their
// ends can be compared.
var clock = time.Now().UTC().Truncate(time.Second)

// longest is how long one run may take. Nothing that these tests do to it comes
// near: a run that does has hung.
const longest = 3 * time.Minute

// world is a sandbox, and a directory with manifests, of one case.
type world struct {
	dir   string
	env   []string
	tap   *tap
	http  *httptest.Server
	conns *connections

	binary string // "" = the usual one

	said []string // all that runs have printed
	runs int
}

// newWorld seeds a sandbox, that plays some quirks, with the manifests in live.
func newWorld(dir, live string, quirks quirk.Set) (*world, error) {
	server := sandbox.New(sandbox.Options{
		Quirks:  quirks,
		Unknown: sandbox.RefuseUnknown, IntegrationKey: integrationKey,
		Now: func() time.Time { return clock },
	})
	w := &world{dir: dir, tap: &tap{sandbox: server}, conns: &connections{}}
	if err := w.seed(live); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	w.serve()
	return w, nil
}

// serve opens the world's own way to its sandbox.
func (w *world) serve() {
	w.conns.changed = sync.NewCond(&w.conns.mu)
	w.http = httptest.NewUnstartedServer(w.tap)
	w.http.Config.ConnState = w.conns.follow
	w.http.Start()
	w.env = append(append([]string(nil), bench.env...), "AUTHSYNC_SANDBOX="+w.http.URL, "TMPDIR="+w.dir, "HOME="+w.dir)
}

// want makes the manifest in git the one of the world.
func (w *world) want(git string) error {
	text, err := os.ReadFile(filepath.Join(git, manifestName))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, manifestName), text, 0o644)
}

// befriend gives the world somebody else, with a manifest of their own in a
// directory of their own.
func (w *world) befriend() error {
	dir := filepath.Join(w.dir, "somebody")
	if err := os.CopyFS(dir, os.DirFS("testdata/edit")); err != nil {
		return err
	}
	// Somebody else sits at another machine.
	friend := &world{dir: dir, env: append(append([]string(nil), w.env...), "HOME="+dir, "TMPDIR="+dir), tap: &tap{}}
	w.tap.somebody = func() {
		if o, err := friend.consent("apply", manifestName, "--yes", "--no-color"); err != nil || o.code != 0 {
			w.tap.trouble = fmt.Errorf("somebody else: %v%w", o, err)
		}
	}
	return nil
}

// gate is how a plan tells by which flag it would be allowed.
var gate = regexp.MustCompile(`--allow [a-z]+(?:=\d+)?`)

// told are the flags by which a plan can be allowed, of which a run told.
func told(text string) []string {
	var flags []string
	for _, flag := range gate.FindAllString(text, -1) {
		if !slices.Contains(flags, flag) {
			flags = append(flags, flag)
		}
	}
	return strings.Fields(strings.Join(flags, " "))
}

// goOn is how a run that did a part tells of the command that does the rest.
var goOn = regexp.MustCompile(`go on from what is live with: authsync (.*)`)

// next are the words of that command; nil if there is none.
func next(text string) []string {
	if found := goOn.FindStringSubmatch(text); found != nil {
		return strings.Fields(found[1])
	}
	return nil
}

// consent runs an apply, and again with what it wants to have allowed.
func (w *world) consent(args ...string) (outcome, error) {
	o, err := w.run(args...)
	if flags := told(o.err); err == nil && o.code == 3 && len(flags) > 0 {
		return w.run(append(args, flags...)...)
	}
	return o, err
}

// allowed are the flags that the plan of a world wants to be allowed by.
func (w *world) allowed() ([]string, error) {
	if !bench.gates {
		return nil, nil
	}
	plan, err := w.run(planning()...)
	return told(plan.out), err
}

// seed puts into the sandbox what manifests say.
func (w *world) seed(live string) error {
	loaded := schema.Load([]string{live}, schema.SecretsPlain)
	if err := loaded.Faults.Err(); err != nil {
		return err
	}
	for _, env := range loaded.Environments {
		if err := w.tap.sandbox.Seed(env); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) close() {
	w.tap.sandbox.Close()
	w.http.Close()
	os.RemoveAll(w.dir)
}

// killed is the exit code of a run that did not come to its end.
const killed = -1

// outcome is what became of a run.
type outcome struct {
	args []string
	code int
	out  string
	err  string
}

func (o outcome) String() string {
	return fmt.Sprintf("authsync %s: exit code %d\n%s", strings.Join(o.args, " "), o.code, o.err)
}

// run runs the program to its end, until the sandbox has nothing more of it to
// work on.
func (w *world) run(args ...string) (outcome, error) {
	cmd := exec.Command(cmp.Or(w.binary, bench.binary), args...)
	cmd.Dir, cmd.Env = w.dir, w.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	w.tap.begins()
	if err := cmd.Start(); err != nil {
		return outcome{}, err
	}
	w.runs++
	w.tap.runs(cmd.Process)
	hung := time.AfterFunc(longest, func() { cmd.Process.Kill() })
	err := cmd.Wait()
	if !hung.Stop() {
		return outcome{}, fmt.Errorf("authsync %s: no end after %v\n%s", strings.Join(args, " "), longest, &errs)
	}
	if w.conns != nil {
		w.conns.wait()
	}
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		return outcome{}, err
	}
	o := outcome{args: args, code: cmd.ProcessState.ExitCode(), out: out.String(), err: errs.String()}
	w.said = append(w.said, o.out, o.err)
	return o, nil
}

// asked is the sandbox's log.
func (w *world) asked() ([]request, error) {
	return decodeLines[request](w.page("/_sandbox/requests"))
}

// page is one of the sandbox's own pages.
func (w *world) page(path string) []byte {
	r := httptest.NewRecorder()
	w.tap.sandbox.ServeHTTP(r, httptest.NewRequest(http.MethodGet, path, nil))
	return r.Body.Bytes()
}

// tell changes the sandbox itself.
func (w *world) tell(method, path, body string) error {
	r := httptest.NewRecorder()
	w.tap.sandbox.ServeHTTP(r, httptest.NewRequest(method, path, strings.NewReader(body)))
	if r.Code >= 300 {
		return fmt.Errorf("%s %s: %d: %s", method, path, r.Code, r.Body)
	}
	return nil
}

// files are the texts of all files in the world's directory, by name.
func (w *world) files() (map[string]string, error) {
	texts := map[string]string{}
	err := filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		texts[strings.TrimPrefix(path, w.dir)] = string(text)
		return err
	})
	return texts, err
}
