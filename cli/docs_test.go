package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every command block of README.md and of docs/*.md is run, each document as
// one session of a shell, and what the document shows is what comes.
//
// A block of commands is
//
//   - a fenced block of the language console: a line that begins with "$ " is a
//     command, what follows it is its output;
//   - a fenced block of the language sh, shell or bash;
//   - an indented block, or a fenced one without a language, whose first line
//     begins with authsync, make, go, git, sh, export, docker ...; see
//     shellWords.
//
// A session begins in an empty directory with a copy of examples/, and with
// AUTHSYNC_SANDBOX at a sandbox whose live state is examples/sandbox. What is
// set, and the directory, last to the end of the document. "authsync
// sandbox ... &" starts a sandbox at a free port, which stands in every other
// line for the one that the document names. "make TARGET" is not run: it has to
// be a target of the Makefile. What reaches beyond the directory, such as docker
// or go, is not run either, and has to be marked. age1... in a command is the
// recipient of the examples' key.
//
// Output is compared line by line. "..." stands for anything within a line, and
// for any lines where it stands alone. Times, ports and long hexadecimal numbers
// may differ. A key or recipient that a document shows stands for the one that
// came in its place, from there on. A block that shows no output at all is a
// list of commands, and their output is not looked at.
//
// Hidden comments, each on lines of its own, tell the rest. Those that speak of
// a block stand before it, with nothing but other comments between:
//
//	<!-- not run: REASON -->
//	        the block cannot be run in a test; an empty reason is none
//	<!-- exits with N -->
//	        the block's last command exits with N; all others exit with 0
//	<!-- edit FILE -->
//	        the block is YAML that shows a part of FILE: where it says "# was X"
//	        the file has X, and gets the value; everything else it has already
//	<!-- run: COMMANDS -->
//	        these are run here, besides; there may be several lines of them
//	<!-- run by FILE -->
//	        anywhere in the document: FILE is a test that names the document and
//	        runs all of it, so this one does not
//
// The reasons for what is not run are in the log of go test -v.
func TestDocuments(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("there is no sh to run commands with")
	}
	for _, file := range documents(t) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			blocks, faults := readDocument(t, file)
			for _, fault := range faults {
				t.Error(fault)
			}
			if len(faults) > 0 {
				return // what is not marked may be anything
			}
			if slices.ContainsFunc(blocks, func(b docBlock) bool { return b.does() }) {
				session := newSession(t, file)
				for _, b := range blocks {
					session.play(b)
				}
			}
		})
	}
}

// documents are the files that people read.
func documents(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../docs/*.md")
	if err != nil || len(all) == 0 {
		t.Fatalf("there are no documents: %v", err)
	}
	if _, err := os.Stat("../README.md"); err != nil {
		t.Fatal(err)
	}
	return append([]string{"../README.md"}, all...)
}

// The README is one page: what authsync is, how it is installed, the first
// minutes. Everything else has a page in docs/.
func TestReadmeIsOnePage(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) > 200 {
		t.Errorf("README.md has %d lines, and 200 at most are read; the rest belongs into docs/", len(lines))
	}
	for _, file := range documents(t)[1:] {
		if !strings.Contains(string(text), "docs/"+filepath.Base(file)) {
			t.Errorf("README.md does not lead to docs/%s", filepath.Base(file))
		}
	}
}

// Whatever a document calls an authsync command is one, with flags that it has,
// also within a sentence and in blocks that are not run. What it makes is a
// target of the Makefile.
func TestCommandsInDocuments(t *testing.T) {
	app, targets := testApp(), makeTargets(t)
	found := 0
	for _, file := range documents(t) {
		blocks, _ := readDocument(t, file)
		for _, b := range blocks {
			for _, c := range b.authsync(app) {
				found++
				if fault := c.fault(app); fault != nil {
					t.Errorf("%s:%d: authsync %s: %v", file, c.line, c.text, fault)
				}
			}
			for line, words := range b.made() {
				for _, word := range words {
					if !slices.Contains(targets, word) {
						t.Errorf("%s:%d: the Makefile has no %s", file, line, word)
					}
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("found %d commands, which cannot be all", found)
	}
}
