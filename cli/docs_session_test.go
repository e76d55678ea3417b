package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/cli/line"
	"authsync/schema/pattern"
)

// docSession runs the commands of one document, in one shell.
type docSession struct {
	t     *testing.T
	file  string
	dir   string // where the commands run at first
	shell *docShell
	real  map[string]string // what stands in the document -> what it is here
	over  bool              // the rest cannot be run, for want of a program
}

func newSession(t *testing.T, file string) *docSession {
	s := &docSession{t: t, file: file, dir: t.TempDir(), real: map[string]string{"age1...": exampleRecipient(t)}}
	if err := os.CopyFS(filepath.Join(s.dir, "examples"), os.DirFS("../examples")); err != nil {
		t.Fatal(err)
	}
	s.shell = startShell(t, s.dir, []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC", raceName + "=" + raceOptions, coverName + "=" + coverDir(t),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_PAGER=cat", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b.example", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@b.example",
		// No document reaches anything but this machine, whatever it says.
		"HTTP_PROXY=http://127.0.0.1:9", "HTTPS_PROXY=http://127.0.0.1:9", "NO_PROXY=127.0.0.1",
		"AUTHSYNC_SANDBOX=" + serve(t, sandboxOptions{seed: "../examples/sandbox"}),
	})
	return s
}

// play does what a block tells.
func (s *docSession) play(b docBlock) {
	s.t.Helper()
	switch {
	case b.marks.edit != "":
		if err := showsPart(filepath.Join(s.dir, b.marks.edit), b.text); err != nil {
			s.t.Fatalf("%s:%d: %v", s.file, b.line, err)
		}
	case b.sort < shellBlock:
	case b.marks.notRun != "":
		s.t.Logf("%s:%d: not run: %s", s.file, b.line, b.marks.notRun)
	default:
		commands := b.commands()
		shows := false
		for _, c := range commands {
			shows = shows || len(c.shown) > 0
		}
		for i, c := range commands {
			if s.over {
				return
			}
			c.exits = 0
			if i == len(commands)-1 {
				c.exits = b.marks.exits
			}
			s.command(c, shows)
		}
	}
}

// docCommand is a command, or several in a row that a document shows no output
// between.
type docCommand struct {
	line  int
	text  string
	shown []string // the output
	exits int
}

var usesGit = pattern.Of(`(?m)(^|[;&|(]\s*)git `)

var ownDoing = pattern.Of(`^(make\b|authsync sandbox\b.*&$)`)

// commands are those of a block, in order. Lines that the test does by itself
// stand alone.
func (b docBlock) commands() []docCommand {
	var all []docCommand
	lines := strings.Split(strings.TrimRight(b.text, "\n"), "\n")
	joined := false // to the command before
	for i, line := range lines {
		last := len(all) - 1
		switch {
		case joined:
			all[last].text += "\n" + strings.TrimPrefix(line, "> ")
		case b.sort == transcript && !strings.HasPrefix(line, "$ "):
			if last >= 0 {
				all[last].shown = append(all[last].shown, line)
			}
			continue
		case b.sort == transcript:
			line = strings.TrimPrefix(line, "$ ")
			all = append(all, docCommand{line: b.line + i, text: line})
		case last < 0 || b.marks.exits != 0 && i == len(lines)-1 || ownDoing.MatchString(line) || ownDoing.MatchString(all[last].text):
			all = append(all, docCommand{line: b.line + i, text: line})
		default:
			all[last].text += "\n" + line
		}
		joined = strings.HasSuffix(line, `\`)
	}
	return all
}

// command runs a command, and compares its output with what is shown if that is
// wanted.
func (s *docSession) command(c docCommand, compare bool) {
	s.t.Helper()
	where := fmt.Sprintf("%s:%d", s.file, c.line)
	words := strings.Fields(c.text)
	var out string
	switch {
	case len(words) == 0:
		return
	case words[0] == "make":
		return // TestCommandsInDocuments looks at it
	case ownDoing.MatchString(c.text):
		out = s.sandbox(where, c)
	default:
		if _, err := exec.LookPath("git"); err != nil && usesGit.MatchString(c.text) {
			s.t.Logf("%s: there is no git here: the rest of the document is not run", where)
			s.over = true
			return
		}
		var code int
		if out, code = s.shell.run(s.here(c.text), c.exits == 0); code != c.exits {
			s.t.Fatalf("%s: %s\nexits with %d, want %d; it says:\n%s", where, c.text, code, c.exits, out)
		}
	}
	if compare {
		if diff := s.differs(c.shown, out); diff != "" {
			s.t.Errorf("%s: %s\nthe document shows (-), and what comes is (+):\n%s", where, c.text, diff)
		}
	}
}

// sandbox starts a sandbox as a command says, at a free port.
func (s *docSession) sandbox(where string, c docCommand) string {
	s.t.Helper()
	l := line.Read(testApp(), shellSplit(strings.TrimPrefix(c.text, "authsync ")))
	o := sandboxOptions{}
	address := "127.0.0.1:7070"
	for _, g := range l.Flags {
		switch g.Name {
		case "seed":
			o.seed = filepath.Join(s.dir, g.Value)
		case "listen":
			address = g.Value
		case "hide-secrets":
			o.server.Quirks = shorthands[g.Name].sets
		default:
			s.t.Fatalf("%s: this test cannot start a sandbox with --%s", where, g.Name)
		}
	}
	url := serve(s.t, o)
	s.real[address] = strings.TrimPrefix(url, "http://")
	return "sandbox listening on " + url + "\n"
}

var publicKey = pattern.Of(`# public key: (age1\S+)`)

// exampleRecipient is that of the examples' key.
func exampleRecipient(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../examples/envs/EXAMPLE-KEY-NOT-SECRET.txt")
	if err != nil {
		t.Fatal(err)
	}
	key := publicKey.FindSubmatch(text)
	if key == nil {
		t.Fatal("the examples' key does not name its recipient")
	}
	return string(key[1])
}

// here is a text of the document with the addresses and keys that hold here.
func (s *docSession) here(text string) string {
	for shown, real := range s.real {
		text = strings.ReplaceAll(text, shown, real)
	}
	return text
}

var (
	anyKey = pattern.Of(`age1[0-9a-z]{20,}|AGE-SECRET-KEY-[0-9A-Z-]{20,}`)
	vary   = []struct {
		pattern *regexp.Regexp
		name    string
	}{
		{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?`), "(time)"},
		{regexp.MustCompile(`127\.0\.0\.1:\d+`), "(address)"},
		{regexp.MustCompile(`\b[0-9a-f]{12,}\b`), "(hex)"},
	}
)

func normal(text string) string {
	for _, v := range vary {
		text = v.pattern.ReplaceAllString(text, v.name)
	}
	return strings.TrimRight(text, " ")
}

// differs compares what a document shows with what came. It takes note of the
// keys that came in the place of those that are shown.
func (s *docSession) differs(shown []string, out string) string {
	var came []string
	if out = strings.TrimRight(out, "\n"); out != "" {
		came = strings.Split(out, "\n")
	}
	for i, line := range shown {
		keys := anyKey.FindAllString(line, -1)
		if i < len(came) && len(keys) > 0 {
			for k, real := range anyKey.FindAllString(came[i], -1) {
				if _, known := s.real[keys[min(k, len(keys)-1)]]; !known {
					s.real[keys[min(k, len(keys)-1)]] = real
				}
			}
		}
	}
	wanted := make([]string, len(shown))
	for i, line := range shown {
		wanted[i] = normal(s.here(line))
	}
	for i, line := range came {
		came[i] = normal(line)
	}
	if sameLines(wanted, came) {
		return ""
	}
	return cmp.Diff(wanted, came)
}

// sameLines compares lines with a pattern of them, in which ... alone is any
// lines.
func sameLines(pattern, lines []string) bool {
	switch {
	case len(pattern) == 0:
		return len(lines) == 0
	case strings.TrimSpace(pattern[0]) == "...":
		for skip := range len(lines) + 1 {
			if sameLines(pattern[1:], lines[skip:]) {
				return true
			}
		}
		return false
	case len(lines) == 0:
		return false
	}
	return sameLine(pattern[0], lines[0]) && sameLines(pattern[1:], lines[1:])
}

func sameLine(pattern, line string) bool {
	pieces := strings.Split(pattern, "...")
	if len(pieces) == 1 {
		return pattern == line
	}
	for i, piece := range pieces {
		pieces[i] = regexp.QuoteMeta(piece)
	}
	return regexp.MustCompile("^" + strings.Join(pieces, ".*") + "$").MatchString(line)
}

func TestSameLines(t *testing.T) {
	for _, row := range []struct {
		name           string
		pattern, lines []string
		want           bool
	}{
		{"the same", []string{"a", "b"}, []string{"a", "b"}, true},
		{"another", []string{"a", "b"}, []string{"a", "c"}, false},
		{"one more", []string{"a"}, []string{"a", "b"}, false},
		{"one less", []string{"a", "b"}, []string{"a"}, false},
		{"any lines first", []string{"...", "b"}, []string{"x", "b", "b"}, true},
		{"any lines are none", []string{"a", "...", "b"}, []string{"a", "b"}, true},
		{"any lines last", []string{"a", "..."}, []string{"a", "b", "c"}, true},
		{"after any lines", []string{"...", "b"}, []string{"x", "c"}, false},
		{"within a line", []string{"a... (c)"}, []string{"a b (c)"}, true},
		{"not within a line", []string{"a... (c)"}, []string{"a b (d)"}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := sameLines(row.pattern, row.lines); got != row.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
