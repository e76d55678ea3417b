package schema

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"authsync/spell"
)

// edit is a place at which two lists of words or lines differ.
type edit struct {
	skipped        bool // common ones are left out before it
	line           int  // of the list before, from 1, at which before begins; 0 = it goes on from the edit before
	before, behind []string
	gone, new      []string
}

// edits returns the differences of two lists, with a few common entries beside each.
// No entry contains a line end.
func edits(a, b []string) []edit {
	text := strings.Split(string(diff.Diff("a", joined(a), "b", joined(b))), "\n")
	var all []edit
	for _, line := range text[min(3, len(text)):] {
		if header, is := strings.CutPrefix(line, "@@ -"); is {
			var e edit
			fmt.Sscanf(header, "%d", &e.line)
			e.skipped = e.line > 1
			all = append(all, e)
			continue
		}
		if line == "" {
			break
		}
		if line[0] != ' ' && len(all[len(all)-1].behind) > 0 {
			all = append(all, edit{}) // what is common is shown once, behind the edit before
		}
		e := &all[len(all)-1]
		switch {
		case line[0] == '-':
			e.gone = append(e.gone, line[1:])
		case line[0] == '+':
			e.new = append(e.new, line[1:])
		case len(e.gone)+len(e.new) == 0:
			e.before = append(e.before, line[1:])
		default:
			e.behind = append(e.behind, line[1:])
		}
	}
	return all
}

func joined(list []string) []byte { return []byte(strings.Join(list, "\n") + "\n") }

const mostLines = 60 // that are shown of what differs in one text

// DisplayLines shows the differences of two multi-line texts line by line as diff
// does: an unchanged line begins with a space, a removed one with -, an added one with
// +. It is nil if they have one line.
func DisplayLines(before, after Value) []string {
	a, okA := before.(Text)
	b, okB := after.(Text)
	if !okA || !okB || a == b || max(len(a), len(b)) > mostCompared || min(strings.Count(string(a), "\n"), strings.Count(string(b), "\n")) < 1 ||
		max(strings.Count(string(a), "\n"), strings.Count(string(b), "\n")) < 2 {
		return nil
	}
	var shown []string
	for _, e := range edits(spelledLines(a), spelledLines(b)) {
		if e.line > 0 {
			shown = append(shown, fmt.Sprintf("@@ line %d @@", e.line))
		}
		shown = append(shown, e.lines()...)
	}
	// Without any difference they differ only in the spelling of characters, which
	// [DisplayBoth] shows.
	if more := len(shown) - mostLines; more > 0 {
		shown = append(shown[:mostLines], fmt.Sprintf("@@ %d more lines of what differs @@", more))
	}
	return shown
}

// lines returns the lines of an edit. A removed line is compared with the one that
// replaces it, so that a difference in a long line is visible.
func (e edit) lines() []string {
	var lines, comes []string
	for _, line := range e.before {
		lines = append(lines, "  "+cut(line))
	}
	for i := range max(len(e.gone), len(e.new)) {
		switch {
		case i >= len(e.gone):
			comes = append(comes, "+ "+shortened(e.new[i]))
		case i >= len(e.new):
			lines = append(lines, "- "+shortened(e.gone[i]))
		default:
			was, is := aroundDifferences(e.gone[i], e.new[i])
			lines, comes = append(lines, "- "+was), append(comes, "+ "+is)
		}
	}
	lines = append(lines, comes...)
	for _, line := range e.behind {
		lines = append(lines, "  "+cut(line))
	}
	return lines
}

// spelledLines returns the lines of a text, with a remark if it does not end with a
// line end.
func spelledLines(text Text) []string {
	lines := strings.Split(string(text), "\n")
	last := len(lines) - 1
	for i := range lines[:last] {
		lines[i] = spell.Text(lines[i])
	}
	if lines[last] == "" {
		return lines[:last]
	}
	lines[last] = spell.Text(lines[last]) + " (no line end)"
	return lines
}
