package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authsync/cli/line"
)

// sampleFlags give each flag of a command that only reads a value, for environments of
// [openShops] in a git repository. A flag without a value says why none is needed.
var sampleFlags = map[string]string{
	"format": "json", "changed-since": "HEAD", "lock-from": "HEAD", "exit-code": "", "rehearse": "", "max-bytes": "2000", "marker": "one",
	"env": "shop-003", "shard": "1/2", "target": "provider/idp", "exclude": "provider/idp", "prune": "", "prune-unmanaged": "",
	"allow": "weaken", "recreate": "", "thorough": "", "rewrite-secrets": "", "allow-host": "idp.example.com", "rate": "1000",
	"quiet": "", "verbose": "", "no-color": "", "lang": "zh", "live": "", "root": ".", "out": "plan.json", "timeout": "50s", "good-for": "2h",
}

// needless are flags that say nothing of what is at once, or need what these
// environments do not have.
var needless = []string{"concurrency", "sandbox", "identity", "help", "verify", "digest", "rotate", "overlap", "end-overlap"}

// What a command prints of many environments does not hang on how many of them are
// under way at once, whatever is asked of it.
func TestNothingPrintedHangsOnWhatIsAtOnce(t *testing.T) {
	openCommitted(t)
	for _, c := range line.Commands(testApp().Commands) {
		if !slices.Contains([]string{"plan", "diff", "drift", "audit"}, c.Name) {
			continue
		}
		for _, f := range line.Visible(c.Command.Flags) {
			name := f.Names()[0]
			if slices.Contains(needless, name) {
				continue
			}
			sample, known := sampleFlags[name]
			if !known {
				t.Errorf("there is no sample of --%s", name)
			}
			words := []string{c.Name, "envs", strings.TrimSuffix("--"+name+"="+sample, "=")}
			t.Run(strings.Join(words, " "), func(t *testing.T) {
				one := run(t, append(words, "--concurrency=1")...)
				many := run(t, append(words, "--concurrency=8")...)
				if one.out != many.out || one.code != many.code || one.code == 1 {
					t.Errorf("exit codes %d and %d\n%s%s\n---\n%s%s", one.code, many.code, one.out, one.err, many.out, many.err)
				}
			})
		}
	}
}

// openCommitted opens some environments of which some have moved since their locks were
// committed, and goes to their folder.
func openCommitted(t *testing.T) {
	const shops = 6
	m := openShops(t, shops)
	must(t, 0, "apply", m.envs(), "--yes")
	m.commit()
	for i := range shops {
		switch i % 3 {
		case 0:
			m.move(i)
		case 1:
			file := filepath.Join(m.envs(), shop(i)+".yaml")
			text, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(file, []byte(strings.Replace(string(text), "Company", "Another company", 1)), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Chdir(m.dir)
}
