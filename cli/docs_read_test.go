package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"authsync/schema/pattern"
)

// docBlock is what a document has in code, or tells the test.
type docBlock struct {
	line     int // the first of text, from 1
	text     string
	language string
	sort     docSort
	marks    docMarks

	otherTest string // that runs the whole document
}

type docSort int

const (
	inSentence docSort = iota // within a sentence
	otherCode                 // a block that is no commands: YAML, JSON, a picture of a directory
	shellBlock                // commands
	transcript                // commands after "$ ", and their output
	hidden                    // commands for the test alone
)

// docMarks are what hidden comments say of the block that follows.
type docMarks struct {
	line   int // of the last; 0 = there are none
	notRun string
	exits  int
	edit   string
}

// does reports whether the test has to do anything for the block.
func (b docBlock) does() bool {
	return b.otherTest == "" && (b.sort >= shellBlock || b.marks.edit != "")
}

// shellWords are the words that the first line of a block of commands begins
// with where the block names no language.
var shellWords = pattern.Of(`^(\$ )?([A-Za-z_]+=\S* )*(authsync|make|go|git|sh|export|unset|docker|podman|age|age-keygen|cd|cp|mv|rm|mkdir|echo|cat|sed|curl|sudo|install|npm|crontab|source|tar|sha256sum|ssh-keygen)(\s|$)`)

var (
	comment   = pattern.Of(`(?s)<!--(.*?)-->`)
	notRun    = pattern.Of(`(?s)^not run:(.*)$`)
	exitsWith = pattern.Of(`^exits with ([0-9]+)$`)
	editFile  = pattern.Of(`^edit (\S+)$`)
	alsoRun   = pattern.Of(`(?s)^run:(.*)$`)
	runBy     = pattern.Of(`^run by (\S+)$`)
	nearly    = pattern.Of(`(?i)^(not[- ]?run|exit|edit|run)\b`)
)

// elsewhere are commands that reach beyond a session's directory and sandbox.
var elsewhere = pattern.Of(`(?m)(?:^(?:\$ )?|[;&|(]\s*)(sudo|docker|podman|go|npm|npx|curl|wget|ssh|scp|apt-get|brew|age|age-keygen|kubectl|crontab)\b`)

// readDocument takes the code and the marks out of a document, in order, and
// says what is wrong with the marks.
func readDocument(t *testing.T, file string) (blocks []docBlock, faults []error) {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := docReader{file: file, source: source}
	if err := ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), r.visit); err != nil {
		t.Fatal(err)
	}
	r.dangling()
	if r.otherTest == "" {
		r.faults = append(r.faults, r.unmarked...)
	}
	for i := range r.blocks {
		r.blocks[i].otherTest = r.otherTest
	}
	return r.blocks, r.faults
}

type docReader struct {
	file   string
	source []byte
	blocks []docBlock
	faults []error
	marks  docMarks // of the block to come

	otherTest string  // that runs the document
	unmarked  []error // faults, unless there is such a test
}

func (r *docReader) fault(line int, text string) {
	r.faults = append(r.faults, fmt.Errorf("%s:%d: %s", r.file, line, text))
}

func (r *docReader) lineAt(offset int) int { return 1 + bytes.Count(r.source[:offset], []byte("\n")) }

func (r *docReader) visit(n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	switch n := n.(type) {
	case *ast.HTMLBlock:
		text := r.lines(n)
		if n.HasClosure() {
			text += string(n.ClosureLine.Value(r.source))
		}
		line := 0
		if n.Lines().Len() > 0 {
			line = r.lineAt(n.Lines().At(0).Start)
		}
		for _, c := range comment.FindAllStringSubmatch(text, -1) {
			r.mark(line, strings.TrimSpace(c[1]))
		}
	case *ast.FencedCodeBlock:
		r.block(n, string(n.Language(r.source)))
	case *ast.CodeBlock:
		r.block(n, "")
	case *ast.CodeSpan:
		text, line := "", 0
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if piece, ok := c.(*ast.Text); ok {
				text += string(piece.Segment.Value(r.source))
				if piece.SoftLineBreak() {
					text += " "
				}
				if line == 0 {
					line = r.lineAt(piece.Segment.Start)
				}
			}
		}
		r.blocks = append(r.blocks, docBlock{line: line, text: strings.Join(strings.Fields(text), " "), sort: inSentence})
	case *ast.Paragraph, *ast.Heading:
		r.dangling()
	}
	return ast.WalkContinue, nil
}

func (r *docReader) lines(n ast.Node) string {
	var text strings.Builder
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		text.Write(segment.Value(r.source))
	}
	return text.String()
}

func (r *docReader) mark(line int, said string) {
	switch {
	case alsoRun.MatchString(said):
		commands := strings.TrimSpace(alsoRun.FindStringSubmatch(said)[1])
		r.blocks = append(r.blocks, docBlock{line: line, text: commands, sort: hidden})
		return
	case runBy.MatchString(said):
		r.otherTest = runBy.FindStringSubmatch(said)[1]
		test, err := os.ReadFile(filepath.Join("..", r.otherTest))
		if err != nil {
			r.fault(line, err.Error())
		} else if !bytes.Contains(test, []byte(filepath.Base(r.file))) {
			r.fault(line, r.otherTest+" does not name this document")
		}
		return
	case notRun.MatchString(said):
		r.marks.notRun = strings.Join(strings.Fields(notRun.FindStringSubmatch(said)[1]), " ")
		if r.marks.notRun == "" {
			r.fault(line, "says that a block is not run, and not why")
		}
	case exitsWith.MatchString(said):
		r.marks.exits, _ = strconv.Atoi(exitsWith.FindStringSubmatch(said)[1])
	case editFile.MatchString(said):
		r.marks.edit = editFile.FindStringSubmatch(said)[1]
	case nearly.MatchString(said):
		r.fault(line, fmt.Sprintf("%q is nearly a mark for the test, and none", said))
		return
	default:
		return
	}
	r.marks.line = line
}

// dangling is called where no mark may wait for its block any more.
func (r *docReader) dangling() {
	if r.marks.line > 0 {
		r.fault(r.marks.line, "this mark has no block right after it")
	}
	r.marks = docMarks{}
}

func (r *docReader) block(n ast.Node, language string) {
	if n.Lines().Len() == 0 {
		return
	}
	b := docBlock{line: r.lineAt(n.Lines().At(0).Start), text: r.lines(n), language: language, sort: otherCode, marks: r.marks}
	r.marks = docMarks{}
	switch {
	case language == "console":
		b.sort = transcript
		if !strings.HasPrefix(b.text, "$ ") {
			r.fault(b.line, `a console block begins with a command, after "$ "`)
		}
	case slices.Contains([]string{"sh", "shell", "bash"}, language):
		b.sort = shellBlock
	case language == "" && shellWords.MatchString(b.text):
		b.sort = shellBlock
		if strings.HasPrefix(b.text, "$ ") {
			b.sort = transcript
		}
	}
	switch m := b.marks; {
	case m.edit != "" && language != "yaml":
		r.fault(m.line, "only a YAML block can be an edit")
	case m.edit == "" && m.line > 0 && b.sort == otherCode:
		r.fault(m.line, "the block after this mark is none of commands")
	case m.notRun != "" && m.exits != 0:
		r.fault(m.line, "a block that is not run does not exit")
	}
	if m := elsewhere.FindStringSubmatchIndex(b.text); m != nil && b.sort >= shellBlock && b.marks.notRun == "" {
		line := b.line + strings.Count(b.text[:m[2]], "\n")
		r.unmarked = append(r.unmarked, fmt.Errorf("%s:%d: a test does not run %s: say so before the block, <!-- not run: REASON -->", r.file, line, b.text[m[2]:m[3]]))
	}
	r.blocks = append(r.blocks, b)
}

func TestReadDocument(t *testing.T) {
	for _, row := range []struct{ name, text, want string }{
		{"a console block", "```console\n$ a\nb\n```\n", "2 transcript"},
		{"a shell block", "```sh\na\n```\n", "2 shell"},
		{"an indented block", "a\n\n    authsync plan\n", "3 shell"},
		{"one with output", "    $ authsync plan\n    nothing to do\n", "1 transcript"},
		{"a directory", "    cli/    flags\n", "1 other"},
		{"another language", "```yaml\nrun: authsync plan\n```\n", "2 other"},
		{"in a list", "1. a\n\n   <!-- not run: b -->\n   ```sh\n   docker c\n   ```\n", "5 shell not run: b"},
		{"for the test alone", "<!-- run:\na\nb\n-->\n", "1 hidden"},
		{"two marks", "<!-- run: a -->\n<!-- exits with 2 -->\n```sh\nb\n```\n", "1 hidden; 4 shell exits 2"},
		{"another comment", "<!-- this is running -->\n", ""},
		{"unmarked", "```console\n$ authsync version\n$ docker build .\n```\n", "2 transcript; fault: x.md:3: a test does not run docker: say so before the block, <!-- not run: REASON -->"},
		{"unmarked after a pipe", "```sh\nauthsync man | sudo tee x\n```\n", "2 shell; fault: x.md:2: a test does not run sudo: say so before the block, <!-- not run: REASON -->"},
		{"no reason", "<!-- not run: -->\n```sh\na\n```\n", "3 shell; fault: x.md:1: says that a block is not run, and not why"},
		{"no block", "<!-- not run: a -->\nb\n\n    make\n", "4 shell; fault: x.md:1: this mark has no block right after it"},
		{"nearly a mark", "<!-- not-run: a -->\n", `fault: x.md:1: "not-run: a" is nearly a mark for the test, and none`},
		{"a mark of what is no command", "<!-- not run: a -->\n```json\n{}\n```\n", "3 other not run: a; fault: x.md:1: the block after this mark is none of commands"},
		{"an edit of what is no YAML", "<!-- edit a -->\n```sh\nb\n```\n", "3 shell; fault: x.md:1: only a YAML block can be an edit"},
		{"a test that is not there", "<!-- run by cli/none_test.go -->\n", "fault: x.md:1: open ../cli/none_test.go: no such file or directory"},
		{"a test of something else", "<!-- run by cli/man.go -->\n", "fault: x.md:1: cli/man.go does not name this document"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("x.md", []byte(row.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir("../cli", 0o700); err != nil && !os.IsExist(err) {
				t.Fatal(err)
			}
			if err := os.WriteFile("../cli/man.go", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			var got []string
			blocks, faults := readDocument(t, "x.md")
			for _, b := range blocks {
				if b.sort == inSentence {
					continue
				}
				said := fmt.Sprint(b.line, " ", map[docSort]string{otherCode: "other", shellBlock: "shell", transcript: "transcript", hidden: "hidden"}[b.sort])
				if b.marks.notRun != "" {
					said += " not run: " + b.marks.notRun
				}
				if b.marks.exits != 0 {
					said += fmt.Sprint(" exits ", b.marks.exits)
				}
				got = append(got, said)
			}
			for _, fault := range faults {
				got = append(got, "fault: "+fault.Error())
			}
			if diff := cmp.Diff(row.want, strings.Join(got, "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
