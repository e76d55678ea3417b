// Package torture treats the command line badly and holds it to its word.
//
// Every request that one large apply makes is struck by every fault that there
// is, the process is killed before and after each of them, people interrupt
// it, and two hands edit at random. After that a plain second run has to lead
// to where an undisturbed one does. See docs/reliability.md for what is
// promised, and for the figures.
//
// The tests know the command line and the sandbox, nothing of what lies
// between: they start the program, read its exit code, its output and its files,
// and ask the sandbox what it was asked and what it holds. A new call, or one
// less, takes no change here.
//
// By itself `go test` runs a sample. The variable AUTHSYNC_TORTURE makes it the
// whole of it (full), or one case of the matrix (first/lost/41).
package torture

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	_ "authsync/cli" // what is built and run: results are kept only while it is the same
)

// effort is how much is done: "" a sample, full everything, or a case's name.
// It is asked for within the tests, so that their results are not kept for
// another effort.
func effort() string { return os.Getenv("AUTHSYNC_TORTURE") }

const full = "full"

// workers run cases at once. Each waits most of its time: for pauses between
// reads, and for answers that do not come.
const workers = 8

// bench is what all cases share.
var bench struct {
	binary string
	key    string            // file with the private key
	public string            // the key to seal to
	git    map[string]string // directories with a sealed manifest, by name
	env    []string
	flags  []string // of plan and apply, in every case
	gates  bool     // a plan may have to be allowed by name
}

func TestMain(m *testing.M) {
	for name, value := range games() {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	dir, err := os.MkdirTemp("", "torture")
	if err == nil {
		err = prepare(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// games are rapid's settings unless the command line has others. A sample is
// the same each time; the whole of it is another each time.
func games() map[string]string {
	settings := map[string]string{"rapid.checks": "4", "rapid.steps": "12", "rapid.seed": "1", "rapid.nofailfile": "true"}
	if effort() == full {
		settings["rapid.checks"], settings["rapid.steps"], settings["rapid.seed"] = "40", "30", "0"
	}
	return settings
}

// prepare builds the program, makes a key, and seals the manifest to it.
func prepare(dir string) error {
	bench.binary = filepath.Join(dir, "authsync")
	bench.key = filepath.Join(dir, "key.txt")
	bench.git = map[string]string{}
	bench.env = append(cleanEnv(), "AUTHSYNC_IDENTITY_FILE="+bench.key, "HOME="+dir, "XDG_STATE_HOME="+filepath.Join(dir, "state"),
		"GOGC=400") // a run is short: it need not collect garbage as often as one that lives on
	for name, value := range variables {
		bench.env = append(bench.env, name+"="+value)
	}
	if text, err := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-o", bench.binary, "authsync").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, text)
	}
	help, err := do("apply", "--help")
	if err != nil {
		return err
	}
	bench.gates = strings.Contains(string(help), "--allow ")
	for _, flag := range []string{"--prune-unmanaged", "--replace"} {
		if strings.Contains(string(help), flag+" ") {
			bench.flags = append(bench.flags, flag)
		}
	}
	key, err := do("secrets", "keygen")
	if err != nil {
		return err
	}
	if err := os.WriteFile(bench.key, key, 0o600); err != nil {
		return err
	}
	bench.public = recipientIn(string(key))
	for _, name := range []string{"first", "again", "keys"} {
		bench.git[name] = filepath.Join(dir, name)
		if err := seal(bench.git[name], "testdata/"+name, bench.public); err != nil {
			return err
		}
	}
	return nil
}

// seal copies a directory and seals the secrets of its manifest.
func seal(to, from, recipient string) error {
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	manifest := filepath.Join(to, manifestName)
	text, err := os.ReadFile(manifest)
	if err != nil {
		return err
	}
	text = bytes.ReplaceAll(text, []byte("RECIPIENT"), []byte(recipient))
	if err := os.WriteFile(manifest, text, 0o644); err != nil {
		return err
	}
	_, err = do("secrets", "seal", "--in", manifest)
	return err
}

// do runs the program where there is nothing to go wrong.
func do(args ...string) ([]byte, error) {
	cmd := exec.Command(bench.binary, args...)
	cmd.Env = bench.env
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("authsync %s: %w\n%s", strings.Join(args, " "), err, &errors)
	}
	return out, nil
}

func recipientIn(key string) string {
	for word := range strings.FieldsSeq(key) {
		if strings.HasPrefix(word, "age1") {
			return word
		}
	}
	return ""
}

// cleanEnv is this process's environment without what authsync reads of it.
func cleanEnv() []string {
	var env []string
	for _, line := range os.Environ() {
		if !strings.HasPrefix(line, "AUTHSYNC_") && !strings.HasPrefix(line, "TENCENTCLOUD_") {
			env = append(env, line)
		}
	}
	return env
}
