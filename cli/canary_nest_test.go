package cli

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"authsync/secrets"
)

// nest is a directory full of canaries, and the environment to run authsync in.
type nest struct {
	*testing.T
	weather  weather
	dir      string
	url      string
	env      []string
	canaries []canary
	finds    search
	ran      map[string]bool   // what was run in which manner; see [manners]
	clear    map[string]canary // in git, by path
	sealing  canary            // the integration key
	key      string            // the private key
	public   string
}

func newNest(t *testing.T, w weather) *nest {
	n := &nest{T: t, weather: w, dir: t.TempDir(), clear: map[string]canary{}, ran: map[string]bool{}, sealing: headerCanary("the integration key")}
	n.sealing.text = n.sealing.text[:32] // bytes: the service's passwords are sealed with it
	n.canaries = append(n.canaries, n.sealing)
	n.env = append(n.env, "CLOUDBASE_INTEGRATION_KEY="+n.sealing.text)
	w.server.IntegrationKey = n.sealing.text
	n.identity()
	n.write("clear.yaml", manifest(n.public, "git", w.names, func(at string) string {
		c := n.plant("git's " + at)
		if at == integrationKeyPath {
			c = n.sealing
		}
		n.clear[at] = c
		if strings.Contains(at, ".extra.") || strings.Contains(at, ".rows.") { // in clear it would be no secret
			return "!env " + n.variable(c)
		}
		return strconv.Quote(c.text)
	}))
	n.write("live/nest.yaml", strings.Replace(manifest(n.public, "live", w.names, func(at string) string {
		return "!plain " + strconv.Quote(n.plant("live's "+at).text)
	}), "      scope:", fmt.Sprintf("      extra: {Unknown: %q, Secret: {Deep: [%q]}}\n      scope:",
		n.plant("live's unknown field").text, n.plant("live's unknown list").text), 1)+
		fmt.Sprintf("        unnamed: %q\n", n.plant("live's unnamed column").text))
	n.write("variables.yaml", manifest(n.public, "git", w.names, func(at string) string {
		if at == integrationKeyPath {
			return "!env " + n.variable(n.sealing)
		}
		return "!env " + n.variable(n.plant("variable "+at))
	}))
	n.credentials()

	url := w.url
	if url == "" {
		url = serve(t, sandboxOptions{seed: filepath.Join(n.dir, "live"), server: w.server})
	}
	n.url = url
	n.env = append(n.env, "AUTHSYNC_SANDBOX="+url, "PATH="+os.Getenv("PATH"), "HOME="+n.dir, "TMPDIR="+n.dir, raceName+"="+raceOptions, garbageName+"="+garbageOptions, coverName+"="+coverDir(n.T))
	return n
}

// identity makes the key of the nest; its secret part is a canary too.
func (n *nest) identity() {
	var text bytes.Buffer
	public, err := secrets.GenerateIdentity(&text, secrets.X25519, time.Now())
	if err != nil {
		n.Fatal(err)
	}
	n.public = public
	for line := range strings.Lines(text.String()) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			n.key = strings.TrimSpace(line)
		}
	}
	n.canaries = append(n.canaries, canary{"the identity", strings.TrimPrefix(n.key, "AGE-SECRET-KEY-")})
	n.write("key.txt", text.String())
}

// credentials are canaries as well where the weather has wrong ones. A
// manifest of its own has them in git.
func (n *nest) credentials() {
	for name, value := range n.weather.env {
		if strings.HasPrefix(value, "{") {
			c := headerCanary(name)
			n.canaries = append(n.canaries, c)
			value = c.text
		}
		n.env = append(n.env, name+"="+value)
	}
	for file, text := range credentialManifests(func(at string) string {
		c := headerCanary("git's " + at)
		n.canaries = append(n.canaries, c)
		return "!env " + n.variable(c)
	}) {
		n.write(file, text)
	}
}

func (n *nest) plant(name string) canary {
	c := newCanary(name)
	n.canaries = append(n.canaries, c)
	return c
}

// variable puts a canary into an environment variable and returns its name.
func (n *nest) variable(c canary) string {
	name := fmt.Sprintf("SECRET_%d", len(n.env))
	n.env = append(n.env, name+"="+c.text)
	return name
}

func (n *nest) write(name, text string) {
	file := filepath.Join(n.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		n.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		n.Fatal(err)
	}
}

// run runs authsync and searches what it printed.
func (n *nest) run(input string, args ...string) {
	out, err := n.start(input, args...)
	n.tokens()
	command := strings.ReplaceAll(strings.Join(args, " "), n.key, "KEY")
	n.search("standard output of "+command, out)
	n.search("standard error of "+command, err)
}

// start runs authsync in the nest. Its exit code is not this test's affair, but
// it must have one: a program that is torn down prints what it held.
func (n *nest) start(input string, args ...string) (out, err string) {
	n.note(args)
	n.strike()
	command := exec.CommandContext(context.WithoutCancel(n.Context()), "authsync", args...)
	command.Dir, command.Env = n.dir, n.env
	command.Stdin = strings.NewReader(input)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	command.Run()
	if code := command.ProcessState.ExitCode(); code < 0 || code > int(CodePartly) {
		n.Errorf("authsync %s: exit code %d", args[0], code)
	}
	return stdout.String(), stderr.String()
}

// find says what canaries a text holds, or "".
func (n *nest) find(text string) string {
	n.finds.learn(n.canaries)
	return n.finds.in(text)
}

// note remembers in which manners authsync was run.
func (n *nest) note(args []string) {
	if !n.weather.fair {
		return
	}
	for _, manner := range mannersOf(testApp(), args) {
		n.ran[manner] = true
	}
}

// strike has the next run meet the faults of the weather.
func (n *nest) strike() {
	if len(n.weather.faults) == 0 {
		return
	}
	if err := ask("DELETE", n.url+"/_sandbox/faults", ""); err != nil {
		n.Fatal(err)
	}
	for _, fault := range n.weather.faults {
		if err := ask("POST", n.url+"/_sandbox/faults", fault); err != nil {
			n.Fatal(err)
		}
	}
}

// search fails the test if a text holds a canary. It does not show the text.
func (n *nest) search(what, text string) {
	n.Helper()
	if found := n.find(text); found != "" {
		n.Errorf("%s holds %s", what, found)
	}
}

// searchFiles searches all that lies in the nest now, names included, but for
// what the test itself put there.
func (n *nest) searchFiles() {
	own := []string{"key.txt", "live", "mistakes"}
	kept := 0
	err := fs.WalkDir(os.DirFS(n.dir), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case slices.Contains(own, name) && entry.IsDir():
			return fs.SkipDir
		case slices.Contains(own, name) || entry.IsDir():
			return nil
		}
		text, err := os.ReadFile(filepath.Join(n.dir, name))
		n.search("file "+name, name+"\n"+string(text))
		if filepath.Dir(name) == ".authsync" {
			kept++
		} else if base := filepath.Base(name); strings.HasPrefix(base, ".") && base != ".gitignore" && base != ".gitattributes" {
			n.Errorf("%s was left behind", name)
		}
		return err
	})
	if err != nil {
		n.Fatal(err)
	}
	if n.weather.fair && kept < 4 { // .gitignore, the claim, and journals
		n.Errorf("%d files in .authsync: there are no journals to be searched", kept)
	}
}
