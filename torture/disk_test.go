package torture

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"
)

// modes are how a disk fails from, or at, its n-th operation. With kill it is the
// program that ends there.
var modes = []string{"once", "full", "dead", "kill"}

// sampled is how many cases there are in a sample of a command's.
const sampled = 12

// faultyBinary is the program with a disk that fails when it is told to.
func faultyBinary(t *testing.T) string {
	t.Helper()
	binary, err := buildFaulty()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

var buildFaulty = sync.OnceValues(func() (string, error) {
	binary := bench.binary + "-faulty"
	text, err := exec.Command("go", "build", "-tags", "urfave_cli_no_docs faultydisk", "-o", binary, "authsync").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, text)
	}
	return binary, err
})

// faultyRun runs the program once with a disk that fails, and returns how many
// operations it came to.
func (w *world) faultyRun(binary, fault string, args ...string) (outcome, int, error) {
	log := w.dir + ".operations"
	defer os.Remove(log)
	before := w.env
	w.env = append(append([]string(nil), before...), "AUTHSYNC_FAULTY_DISK="+fault, "AUTHSYNC_FAULTY_DISK_LOG="+log)
	w.binary = binary
	o, err := w.run(args...)
	w.env, w.binary = before, ""
	text, _ := os.ReadFile(log)
	return o, bytes.Count(text, []byte("\n")), err
}

var whyDisk = regexp.MustCompile(`input/output error|no space left on device`)

// clearly holds what a run says that failed for its disk.
func clearly(o outcome) error {
	switch {
	case o.code == killed:
	case strings.Contains(o.err, "goroutine"):
		return fmt.Errorf("a trace: %v", o)
	case o.code != 0 && (!strings.Contains(o.err, "authsync: ") || !whyDisk.MatchString(o.err)):
		return fmt.Errorf("does not say that it was the disk: %v", o)
	}
	return nil
}

// eachOperation makes a disk fail at each operation of a command, in each mode.
func eachOperation(t *testing.T, operations int, try func(dir, fault string) error) {
	t.Helper()
	if operations == 0 {
		t.Fatal("no operation was made")
	}
	var cases []string
	for n := 1; n <= operations; n++ {
		for _, mode := range modes {
			cases = append(cases, mode+":"+strconv.Itoa(n))
		}
	}
	if effort() != full {
		cases = sample(cases, sampled)
	}
	dir := t.TempDir()
	next := make(chan string)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for fault := range next {
				if err := try(filepath.Join(dir, strings.ReplaceAll(fault, ":", "-")), fault); err != nil {
					t.Errorf("%s: %v", fault, err)
				}
			}
		})
	}
	for _, fault := range cases {
		next <- fault
	}
	close(next)
	wait.Wait()
	t.Logf("%d operations, %d cases", operations, len(cases))
}

// Wherever the disk fails in an apply, no token is lost, no file is torn, and plain
// runs lead to where an undisturbed one does.
func TestApplyOnAFaultyDisk(t *testing.T) {
	binary := faultyBinary(t)
	s := scenarios[0]
	u := undisturb(t, s)
	args := applying(u.allowed...)
	w, err := s.begin(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o, operations, err := w.faultyRun(binary, "", args...)
	w.close()
	if err != nil || o.code != 0 {
		t.Fatal(o, err)
	}
	eachOperation(t, operations, func(dir, fault string) error {
		w, err := s.begin(dir)
		if err != nil {
			return err
		}
		defer w.close()
		first, _, err := w.faultyRun(binary, fault, args...)
		if err == nil {
			err = clearly(first)
		}
		if err == nil {
			err = w.wholeFiles()
		}
		if err == nil {
			err = age(w)
		}
		if err != nil {
			return err
		}
		r := result{gone: strings.HasPrefix(fault, "dead") || strings.HasPrefix(fault, "kill")}
		if err := r.goOn(w, u, first, args); err != nil {
			return err
		}
		if len(r.problems) > 0 {
			return fmt.Errorf("%v\n%s", first, strings.Join(r.problems, "\n"))
		}
		return nil
	})
}

// goOn makes plain runs until all is well, and looks at what stands then.
func (r *result) goOn(w *world, u undisturbed, last outcome, again []string) (err error) {
	for runs := 0; last.code != 0 && runs < 3; runs++ {
		if words := next(last.err); words != nil {
			again = words
		}
		if last, err = w.run(again...); err != nil {
			return err
		}
		if flags := told(last.err); last.code == 3 && len(flags) > 0 {
			again = append(again, flags...)
		}
	}
	if last.code != 0 {
		r.problem("does not come to its end: %v", last)
		return nil
	}
	return r.atLast(w, u)
}

// wholeFiles fails if a file that is read by its name is torn.
func (w *world) wholeFiles() error {
	names, err := filepath.Glob(filepath.Join(w.dir, "*.yaml"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var document yaml.Node
		if err := yaml.Unmarshal(text, &document); err != nil || len(text) == 0 {
			return fmt.Errorf("%s is torn: %v", name, err)
		}
	}
	return err
}

var armour = regexp.MustCompile(`(?s)-----BEGIN AGE.*?END AGE ENCRYPTED FILE-----`)

// unsealed are the texts of a directory's manifests without what is sealed in them,
// which is another each time.
func unsealed(dir string) (map[string]string, error) {
	texts := map[string]string{}
	names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts[filepath.Base(name)] = armour.ReplaceAllString(string(text), "(sealed)")
	}
	return texts, err
}

// What writes manifests, each with the command and one that says afterwards that
// nothing is lost.
var editing = map[string]struct {
	files func(dir string) error
	args  []string
	whole []string
}{
	"seal": {func(dir string) error { return clearFiles(dir) }, []string{"secrets", "seal", "."}, []string{"secrets", "check", "."}},
	"rekey": {func(dir string) error {
		if err := clearFiles(dir); err != nil {
			return err
		}
		_, err := do("secrets", "seal", dir)
		return err
	}, []string{"secrets", "rekey", "."}, []string{"secrets", "check", "."}},
	"export": {func(dir string) error {
		return os.WriteFile(filepath.Join(dir, manifestName), []byte("apiVersion: authsync/v1\nkind: Environment\nname: prod\n"+
			"recipients: ["+bench.public+"]\nsystems: {cloudbase: {envId: acme-prod-7gk2x9}}\nclients: {default: {maxDevice: 7}}\n"), 0o644)
	}, []string{"export", manifestName}, []string{"plan", manifestName, "--exit-code"}},
}

// clearFiles are two manifests with secrets in clear.
func clearFiles(dir string) error {
	for _, name := range []string{"one", "two"} {
		text := fmt.Sprintf("apiVersion: authsync/v1\nkind: Environment\nname: %s\nrecipients: [%s]\nsystems: {cloudbase: {envId: acme-%s}}\n"+
			"providers:\n  github: {providerType: OAUTH, name: {message: G}, config: {clientId: a, clientSecret: canary-disk-%s, redirectUri: https://r.example,"+
			" scope: a, authorizationEndpoint: https://g.example/a, tokenEndpoint: https://g.example/t}}\n", name, bench.public, name, name)
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Wherever the disk fails while manifests are written, each is the old one or the
// new one, and a plain run does what is left.
func TestManifestsOnAFaultyDisk(t *testing.T) {
	binary := faultyBinary(t)
	for name, c := range editing {
		t.Run(name, func(t *testing.T) {
			begin := func(dir string) (*world, error) {
				w, err := newWorld(dir, "testdata/live", nil)
				if err == nil {
					err = c.files(dir)
				}
				return w, err
			}
			w, err := begin(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			before, err := unsealed(w.dir)
			if err != nil {
				t.Fatal(err)
			}
			o, operations, err := w.faultyRun(binary, "", c.args...)
			if err != nil || o.code != 0 {
				t.Fatal(o, err)
			}
			after, err := unsealed(w.dir)
			w.close()
			if err != nil {
				t.Fatal(err)
			}
			eachOperation(t, operations, func(dir, fault string) error {
				w, err := begin(dir)
				if err != nil {
					return err
				}
				defer w.close()
				first, _, err := w.faultyRun(binary, fault, c.args...)
				if err == nil {
					err = clearly(first)
				}
				if err != nil {
					return err
				}
				now, err := unsealed(dir)
				for file, text := range now {
					if text != before[file] && text != after[file] {
						return fmt.Errorf("%s is neither the old nor the new one:\n%s", file, text)
					}
				}
				if err != nil || len(now) != len(before) {
					return fmt.Errorf("%d files of %d, %w", len(now), len(before), err)
				}
				for _, args := range [][]string{c.args, c.whole} {
					if o, err := w.run(args...); err != nil || o.code != 0 {
						return fmt.Errorf("%w, after %v\nand then %v", err, first, o)
					}
				}
				return nil
			})
		})
	}
}
