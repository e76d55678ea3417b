package render

import (
	"io"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// textDriftFleet writes the drift of a fleet: what moved alike in several environments,
// each environment of which there is something to tell, and the others in one line.
func textDriftFleet(w io.Writer, all []*sync.Drifted, p Palette) {
	var moves groups
	for _, d := range all {
		moves.add(d.Name, movesTold(d, p)...)
	}
	textShared(w, moves.shared(), p)
	notCompared, quiet := newCauses("not compared", p), 0
	for _, d := range all {
		if !detailed(d) {
			quiet++
			continue
		}
		textDrifted(w, d, notCompared, p)
		say.Fprintf(w, "\n")
	}
	textStill(w, quiet, p)
}

// textStill says of how many environments there is nothing to tell.
func textStill(w io.Writer, quiet int, p Palette) {
	if quiet > 0 {
		say.Fprintf(w, "%s: %s\n", p.environments(quiet), p.say("nothing moved"))
	}
}

// driftForms are how much the list of a fleet's drift says, from the most to the least.
// In every form it tells each move.
var driftForms = []struct {
	names func(where []string) (some []string, more string)
	told  func(statement) string
}{{allNames, toldInFull}, {sync.Few, toldInFull}, {sync.Few, toldInBrief}, {noNames, toldInBrief}}

// driftLists are what is told of the drift of a fleet, once for all environments of
// which it is the same, in each form.
func driftLists(all []*sync.Drifted, p Palette) (texts []string) {
	var pressing, moves groups
	quiet := 0
	for _, d := range all {
		for _, c := range d.Causes() {
			text := p.Language.Say("not compared") + ": " + c.String()
			pressing.add(d.Name, statement{text, text})
		}
		for _, f := range d.Findings {
			text := f.Severity.String() + ": " + f.Text
			pressing.add(d.Name, statement{text, text})
		}
		if text := removedText(d.Removed); text != "" {
			text = p.Language.Say("removed from git:") + " " + text
			pressing.add(d.Name, statement{text, text})
		}
		moves.add(d.Name, movesTold(d, p)...)
		if !detailed(d) {
			quiet++
		}
	}
	for _, form := range driftForms {
		var text strings.Builder
		for _, g := range append(pressing.list[:len(pressing.list):len(pressing.list)], moves.bySize()...) {
			line := g.places(p, plainly) + ": " + form.told(g.statement)
			if some, more := form.names(g.where); len(g.where) > 1 && len(some) > 0 {
				line += ": " + strings.Join(some, ", ") + more
			}
			say.Fprintf(&text, "%s\n", line)
		}
		textStill(&text, quiet, p)
		texts = append(texts, text.String())
	}
	return texts
}

// driftFleet returns the text of a fleet's drift for a page: all of it, or what is
// small enough.
func (m Markdown) driftFleet(whole string, all []*sync.Drifted, fits func(string) bool) string {
	if fits(whole) {
		return whole
	}
	pointer := string(m.palette().sayf("Not everything is shown, since it would be more than %s bytes: `authsync %s --format text` shows it.", strconv.Itoa(m.Max), m.Command)) + "\n"
	text := ""
	for _, list := range driftLists(all, m.palette()) {
		if text = list + "\n" + pointer; fits(text) {
			return text
		}
	}
	return strings.TrimSuffix(text, "\n"+pointer)
}
