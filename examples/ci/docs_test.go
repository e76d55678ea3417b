package ci

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var block = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// The commands of the page on pipelines, from its top to its end, as somebody
// would type them who follows it.
func TestPageOnPipelines(t *testing.T) {
	w := newWorld(t)
	text, err := os.ReadFile("../../docs/pipelines.md")
	w.check(err)
	blocks := block.FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 7 {
		t.Fatalf("there are %d blocks", len(blocks))
	}
	root, err := filepath.Abs("../..")
	w.check(err)
	dir := t.TempDir()
	w.git(dir, "init", "--quiet", ".")
	w.git(dir, "config", "user.name", "ann")
	w.git(dir, "config", "user.email", "ann@example.com")
	w.check(os.Symlink(root, filepath.Join(dir, "authsync")))
	var script strings.Builder
	for _, b := range blocks {
		script.WriteString(b[1])
	}
	out, code := w.run(dir, nil, "sh", "-ex", "-c", script.String())
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, out)
	}
	if log := w.git(dir, "log", "--format=%s"); log != "A new key for the pipeline\nAt most three devices\nWhat is live" {
		t.Errorf("the commits are\n%s", log)
	}
	if text := w.git(dir, "show", "--name-only", "--format=", "HEAD~2"); strings.Contains(text, ".authsync/") || strings.Contains(text, "plan.json") || !strings.Contains(text, ".lock.yaml") {
		t.Errorf("committed are\n%s", text)
	}
}

var (
	row     = regexp.MustCompile(`(?m)^\| (.*) \| (.*) \| (.*) \|$`)
	quoted  = regexp.MustCompile("`([^`]+)`")
	flagged = regexp.MustCompile(`--[a-z-]+`)
)

// What the page on troubleshooting quotes is said somewhere, and the commands
// that it gives are there with their flags.
func TestPageOnTroubleshooting(t *testing.T) {
	w := newWorld(t)
	text, err := os.ReadFile("../../docs/troubleshooting.md")
	w.check(err)
	said := everythingSaid(t)
	rows := row.FindAllStringSubmatch(string(text), -1)
	if len(rows) < 30 {
		t.Fatalf("there are %d rows", len(rows))
	}
	for _, r := range rows {
		for _, symptom := range quoted.FindAllStringSubmatch(r[1], -1) {
			if !strings.Contains(said, symptom[1]) && !strings.Contains(said, strings.ReplaceAll(symptom[1], `"..."`, `"providers.github.config.clientSecret"`)) {
				t.Errorf("nothing says %q", symptom[1])
			}
		}
	}
	for _, command := range quoted.FindAllStringSubmatch(string(text), -1) {
		words := strings.Fields(command[1])
		if words[0] != "authsync" {
			continue
		}
		args := words[1:2]
		if words[1] == "secrets" {
			args = words[1:3]
		}
		help, code := w.run(w.dir, nil, "authsync", append(args, "--help")...)
		if code != 0 {
			t.Errorf("%s: exit code %d", command[1], code)
		}
		for _, flag := range flagged.FindAllString(command[1], -1) {
			if !strings.Contains(help, flag) {
				t.Errorf("%s: there is no %s", command[1], flag)
			}
		}
	}
}

// everythingSaid is the text of the code, of the scripts, and of what tests
// expect of them.
func everythingSaid(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir("../..", func(file string, entry os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if name := entry.Name(); name == ".git" || name == "node_modules" || name == "rapid" {
				return filepath.SkipDir
			}
			return nil
		}
		switch filepath.Ext(file) {
		case ".go", ".sh", ".txtar":
			text, err := os.ReadFile(file)
			all.Write(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
