package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/schema/pattern"
)

// docLine is an authsync command that a document shows.
type docLine struct {
	line  int
	text  string // after the program's name
	words []string
	named bool // only named in a sentence, where a last flag may lack its value
}

var (
	// In commands the program's name may stand anywhere: after a pipe, in a
	// substitution, in what another program is given.
	inShell = pattern.Of("(?:^|[\\s;&|(\"'`])authsync ([^\\n]*)")
	// In other code it is a command only where nothing but names of things
	// stand before it, as in a pipeline's YAML.
	inOther = pattern.Of(`^\s*(?:- )*(?:(?:run|script|command|before_script|entry): *)?["']?(?:[A-Z_]+=\S* )*authsync ([^\n]*)`)
	// In a sentence the program's name is often left out.
	inSpan = pattern.Of(`^(?:\$ )?(?:[A-Z_]+=\S* )*authsync (.*)`)
)

// authsync are the authsync commands in a block.
func (b docBlock) authsync(app *cli.App) []docLine {
	var all []docLine
	take := func(line int, text string) {
		if words := shellSplit(text); len(words) > 0 {
			all = append(all, docLine{line, text, words, b.sort == inSentence})
		}
	}
	if b.sort == inSentence {
		if m := inSpan.FindStringSubmatch(b.text); m != nil {
			take(b.line, m[1])
		} else if first, rest, _ := strings.Cut(b.text, " "); app.Command(first) != nil && strings.Contains(" "+rest, " --") {
			take(b.line, b.text)
		}
		return all
	}
	lines := strings.Split(b.text, "\n")
	for i := 0; i < len(lines); i++ {
		at, line := b.line+i, lines[i]
		if b.sort == transcript && !strings.HasPrefix(line, "$ ") {
			continue // output: it is compared with what comes
		}
		for strings.HasSuffix(line, `\`) && i+1 < len(lines) {
			i++
			line = strings.TrimSuffix(line, `\`) + " " + strings.TrimSpace(lines[i])
		}
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case b.sort == otherCode:
			if m := inOther.FindStringSubmatch(line); m != nil {
				take(at, m[1])
			}
		default:
			for rest := line; ; {
				m := inShell.FindStringSubmatchIndex(rest)
				if m == nil {
					break
				}
				rest = rest[m[2]:]
				take(at, rest)
			}
		}
	}
	return all
}

// made are the targets of make in a block, by line.
func (b docBlock) made() map[int][]string {
	all := map[int][]string{}
	for i, line := range strings.Split(b.text, "\n") {
		text, is := strings.CutPrefix(strings.TrimPrefix(line, "$ "), "make ")
		if !is || b.sort == otherCode || b.sort == transcript && !strings.HasPrefix(line, "$ ") {
			continue
		}
		for _, word := range shellSplit(text) {
			if !strings.ContainsAny(word, "=-") {
				all[b.line+i] = append(all[b.line+i], word)
			}
		}
	}
	return all
}

var makeTarget = pattern.Of(`(?m)^([a-z]+):`)

func makeTargets(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range makeTarget.FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	return all
}

// shellSplit are the words of a command up to what ends it: a pipe, a
// redirection, a comment, a closing bracket or quote.
func shellSplit(text string) []string {
	var words []string
	var word strings.Builder
	begun := false
	end := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == ' ' || c == '\t':
			end()
		case c == '#' && !begun, strings.IndexByte("|&;<>)`", c) >= 0:
			if (c == '<' || c == '>') && (word.String() == "2" || word.String() == "1") {
				begun = false // 2>&1
			}
			end()
			return words
		case c == '$' && strings.HasPrefix(text[i:], "$("):
			begun = true
			to := closing(text[i:])
			word.WriteString(text[i : i+to])
			i += to - 1
		case c == '\'' || c == '"':
			body, _, closed := strings.Cut(text[i+1:], string(c))
			if !closed { // the quotes are around the command
				end()
				return words
			}
			begun = true
			word.WriteString(body)
			i += 1 + len(body)
		default:
			begun = true
			word.WriteByte(c)
		}
	}
	end()
	return words
}

// closing is the length of the $(...) that a text begins with.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(text)
}

var placeholderWord = pattern.Of(`^([A-Z]+|N|\.\.\.|…)$`)

// fault is what is wrong with a command as a document writes it: a word in
// capitals stands for a value, and [] is around what may be left out.
func (c docLine) fault(app *cli.App) error {
	bare := make([]string, len(c.words))
	for i, word := range c.words {
		bare[i] = strings.TrimSuffix(strings.TrimPrefix(word, "["), "]")
	}
	if placeholderWord.MatchString(bare[0]) {
		return nil
	}
	l := line.Read(app, bare)
	for i, g := range l.Flags {
		named := c.named && g.NoValue && i == len(l.Flags)-1
		if !line.TakesValue(g.Flag) || !named && !placeholderWord.MatchString(g.Value) {
			continue
		}
		l.Flags[i].Value, l.Flags[i].NoValue = "1", false
		if _, is := g.Flag.(*cli.DurationFlag); is {
			l.Flags[i].Value = "1s"
		}
	}
	return l.Fault(app)
}

func TestCommandsThatDocumentsShow(t *testing.T) {
	for _, row := range []struct {
		name string
		sort docSort
		text string
		want string // of the first that is wrong, a part
	}{
		{"a flag that is not there", shellBlock, "authsync plan --prone", "unknown flag --prone"},
		{"a command that is not there", inSentence, "authsync plane", `unknown command "plane"`},
		{"a flag of another command", transcript, "$ authsync plan --yes", "--yes is a flag of"},
		{"output", transcript, "$ authsync plan\nrun authsync plane", ""},
		{"after another command", shellBlock, "git diff && authsync plan --prone", "unknown flag --prone"},
		{"in a substitution", shellBlock, `x="$(authsync plane)"`, `unknown command "plane"`},
		{"over two lines", shellBlock, "authsync plan \\\n  --prone", "unknown flag --prone"},
		{"the second of two", shellBlock, "authsync man | authsync plane", `unknown command "plane"`},
		{"in YAML", otherCode, "  - run: authsync plan --prone", "unknown flag --prone"},
		{"prose in YAML", otherCode, "# what authsync plane is", ""},
		{"without the program's name", inSentence, "plan --prone", "unknown flag --prone"},
		{"another program's flag", inSentence, "age --prone", ""},
		{"a value in capitals", inSentence, "authsync plan --concurrency N [--env NAME]", ""},
		{"a flag that is only named", inSentence, "authsync plan --env", ""},
		{"the same in a block", shellBlock, "authsync plan --env", "--env takes a value"},
	} {
		t.Run(row.name, func(t *testing.T) {
			app, got := testApp(), ""
			for _, c := range (docBlock{text: row.text, sort: row.sort}).authsync(app) {
				if fault := c.fault(app); fault != nil && got == "" {
					got = fault.Error()
				}
			}
			if !strings.Contains(got, row.want) || row.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func TestShellSplit(t *testing.T) {
	for _, row := range []struct {
		name, text string
		want       []string
	}{
		{"words", "plan envs --env  prod", []string{"plan", "envs", "--env", "prod"}},
		{"a comment", "plan envs   # looks", []string{"plan", "envs"}},
		{"a number sign in a word", "plan a#b", []string{"plan", "a#b"}},
		{"a pipe", "secrets keygen | age -p > key.age", []string{"secrets", "keygen"}},
		{"a redirection of errors", "plan 2>errors", []string{"plan"}},
		{"quotes", `seal --path 'a b' --to "$KEY"`, []string{"seal", "--path", "a b", "--to", "$KEY"}},
		{"a substitution", `export x --to "$(sed -n 1p key)" --force`, []string{"export", "x", "--to", "$(sed -n 1p key)", "--force"}},
		{"a bare substitution", `plan $(ls (a)) b`, []string{"plan", "$(ls (a))", "b"}},
		{"quotes around it all", `secrets open --textconv'`, []string{"secrets", "open", "--textconv"}},
		{"nothing", "", nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, shellSplit(row.text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
