package render

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// motions are the glyph of each motion, and the word where it needs one.
var motions = map[sync.Motion]struct {
	glyph diff.Action
	word  string
}{
	sync.Changed:  {diff.Update, ""},
	sync.Vanished: {diff.Delete, " vanished"},
	sync.Appeared: {diff.Create, " appeared"},
	sync.Replaced: {diff.Replace, " is another one now"},
}

// Drift writes for a person what moved: a line for each environment, and
// below it the objects, with what was applied and what is live.
func Drift(w io.Writer, all []*sync.Drifted, p Palette) error {
	b := bufio.NewWriter(w)
	Sandbox(b, sync.SandboxOf(all))
	notCompared := newCauses("not compared", p)
	for i, d := range all {
		if i > 0 && (detailed(d) || detailed(all[i-1])) {
			fmt.Fprintln(b)
		}
		textDrifted(b, d, notCompared, p)
	}
	return b.Flush()
}

// detailed reports whether there is more to say than one line.
func detailed(d *sync.Drifted) bool {
	return len(d.Moves)+len(d.Uncompared)+len(d.Notes)+len(d.Errors) > 0
}

func textDrifted(w io.Writer, d *sync.Drifted, notCompared causes, p Palette) {
	title := p.Paint("bold", d.Name)
	if d.EnvID != "" {
		title += " (" + d.EnvID + ")"
	}
	fmt.Fprintf(w, "%s: %s\n", title, driftSummary(d))
	notCompared.write(w, d.Name, d.Causes())
	for _, m := range d.Moves {
		textMove(w, m, p)
	}
	for _, text := range uncomparedTexts(d.Uncompared) {
		fmt.Fprintf(w, "  %s %s\n", p.Paint("dim", "note:"), text)
	}
	for _, n := range d.Notes {
		fmt.Fprintf(w, "  %s %s: %s\n", p.Paint("dim", "note:"), n.Key, n.Text)
	}
}

// driftSummary is one line: what a reader reads first.
func driftSummary(d *sync.Drifted) string {
	applied := ""
	if !d.Applied.IsZero() {
		applied = " since " + d.Applied.UTC().Format(time.RFC3339) + ", applied by " + byVersion(d.Version)
	}
	switch {
	case len(d.Moves) > 0:
		return Count(len(d.Moves), "object moved", "objects moved") + applied
	case len(d.Errors) > 0:
		return "could not be compared"
	}
	return "nothing moved" + applied
}

func byVersion(version string) string { return strings.TrimSpace("authsync " + version) }

func textMove(w io.Writer, m sync.Move, p Palette) {
	motion := motions[m.What]
	glyph := string(motion.glyph)
	about := motion.word
	if m.What == sync.Replaced {
		about += fmt.Sprintf(": its id was %s, is %s", m.WasID, m.ID)
	}
	if !m.Applied.IsZero() {
		about += p.Paint("dim", fmt.Sprintf(" (applied %s by %s)", m.Applied.UTC().Format(time.RFC3339), byVersion(m.Version)))
	}
	fmt.Fprintf(w, "  %s %s%s\n", p.Paint(glyph, glyph), schema.DisplayPath(schema.Path{m.Key.String()}), about)
	for _, f := range m.Fields {
		path := schema.DisplayPath(f.Path)
		if m.What == sync.Appeared {
			fmt.Fprintf(w, "      %s: %s\n", path, displayGone(f.After))
			continue
		}
		fmt.Fprintf(w, "      %s: %s -> %s\n", path, displayGone(f.Before), schema.Display(f.After))
	}
}

// uncomparedTexts say how much could not be compared, a line for each reason.
func uncomparedTexts(all []sync.Uncompared) []string {
	counts := map[diff.Reason]int{}
	for _, u := range all {
		counts[u.Reason]++
	}
	var texts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		text := fmt.Sprintf("%s not compared: %s", Count(counts[reason], "value was", "values were"), reason)
		if reason != diff.LiveNotShown {
			text = fmt.Sprintf("%s not compared: %s", Count(counts[reason], "secret was", "secrets were"), reason)
		}
		if reason == diff.NoKey {
			text += "; an identity would tell"
		}
		texts = append(texts, text)
	}
	return texts
}
