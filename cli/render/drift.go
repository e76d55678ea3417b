package render

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"authsync/cli/say"
	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// motions are the symbol of each motion, and its word if it needs one.
var motions = map[sync.Motion]struct {
	glyph diff.Action
	word  string
}{
	sync.Changed:  {diff.Update, ""},
	sync.Vanished: {diff.Delete, "vanished"},
	sync.Appeared: {diff.Create, "appeared"},
	sync.Replaced: {diff.Replace, "is another one now"},
}

// Drift writes for a person what moved: a line for each environment, and below it the
// objects with their applied and live values.
func Drift(w io.Writer, drift sync.FleetDrift, p Palette) error {
	b, all := bufio.NewWriter(w), drift.Environments
	Sandbox(b, sync.SandboxOf(all), p)
	textPart(b, drift.Part, len(all), p)
	textDrift(b, all, p)
	return b.Flush()
}

func textDrift(w io.Writer, all []*sync.Drifted, p Palette) {
	if len(all) >= fleetSize {
		textDriftFleet(w, all, p)
		return
	}
	notCompared := newCauses("not compared", p)
	for i, d := range all {
		if i > 0 && (detailed(d) || detailed(all[i-1])) {
			say.Fprintf(w, "\n")
		}
		textDrifted(w, d, notCompared, p)
	}
}

// detailed reports whether an environment needs more than one line.
func detailed(d *sync.Drifted) bool {
	return len(d.Moves)+len(d.Findings)+len(uncomparedTexts(d.Uncompared))+len(d.Notes)+len(d.Errors) > 0 || removedText(d.Removed) != ""
}

func textDrifted(w io.Writer, d *sync.Drifted, notCompared causes, p Palette) {
	say.Fprintf(w, "%s: %s\n", p.title(d.Name, d.EnvID), driftSummary(d, p))
	textLimits(w, d.Limits, p)
	notCompared.write(w, d.Name, d.Causes())
	for _, f := range d.Findings {
		say.Fprintf(w, "  %s: %s\n", paintedLevel(f, p), f.Error())
	}
	for _, m := range d.Moves {
		textMove(w, m, p)
	}
	textRemoved(w, d.Removed, p)
	for _, text := range uncomparedTexts(d.Uncompared) {
		say.Fprintf(w, "  %s %s\n", p.note(), text)
	}
	for _, n := range d.Notes {
		say.Fprintf(w, "  %s %s: %s\n", p.note(), n.Key, n.Text)
	}
}

func driftSummary(d *sync.Drifted, p Palette) string {
	applied := ""
	if !d.Applied.IsZero() {
		applied = " " + p.Language.Sayf("since %s, applied by %s", d.Applied.UTC().Format(time.RFC3339), byVersion(d.Version))
	}
	switch {
	case len(d.Moves) > 0:
		return p.count(len(d.Moves), "1 object moved", "%s objects moved") + applied
	case len(d.Errors) > 0:
		return p.Language.Say("could not be compared")
	}
	return p.Language.Say("nothing moved") + applied
}

func byVersion(version string) string { return strings.TrimSpace("authsync " + version) }

func textMove(w io.Writer, m sync.Move, p Palette) {
	motion := motions[m.What]
	glyph := motion.glyph
	about := say.Own("")
	if motion.word != "" {
		about = " " + p.say(motion.word)
	}
	if m.What == sync.Replaced {
		about += say.Sprintf(": its id was %s, is %s", m.WasID, m.ID)
	}
	if !m.Applied.IsZero() {
		about += p.Paint("dim", " ("+p.sayf("applied %s by %s", m.Applied.UTC().Format(time.RFC3339), byVersion(m.Version))+")")
	}
	say.Fprintf(w, "  %s %s%s\n", p.Paint(string(glyph), say.Text(string(glyph))), m.Key, about)
	for _, f := range m.Fields {
		if m.What == sync.Appeared {
			say.Fprintf(w, "      %s: %s\n", f.Path, displayGone(f.After))
			continue
		}
		both := sidesOf(f.Before, f.After)
		if schema.IsSecret(f.Before) {
			both.before = displayGone(f.Before)
		}
		say.Fprintf(w, "      %s: %s -> %s\n", f.Path, both.before, both.after)
		both.write(w)
	}
}

// uncomparedTexts returns how much could not be compared, a line for each reason.
func uncomparedTexts(all []sync.Uncompared) []string {
	counts := map[diff.Reason]int{}
	for _, u := range all {
		if u.Ack == "" {
			counts[u.Reason]++
		}
	}
	var texts []string
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		text := fmt.Sprintf("%s not compared: %s", Count(counts[reason], "value was", "values were"), reason)
		if reason != diff.LiveWriteOnly {
			text = fmt.Sprintf("%s not compared: %s", Count(counts[reason], "secret was", "secrets were"), reason)
		}
		if reason == diff.NoKey {
			text += "; an identity would tell"
		}
		texts = append(texts, text)
	}
	return texts
}

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

// driftLists are what is told of the drift of a fleet, once for all environments of
// which it is the same, from the most to the least told. Each tells every move.
func driftLists(all []*sync.Drifted, p Palette) (texts []string) {
	var pressing, moves groups
	quiet := 0
	for _, d := range all {
		for _, c := range d.Causes() {
			pressing.tell(d.Name, p.Language.Say("not compared")+": "+c.String())
		}
		for _, f := range d.Findings {
			pressing.tell(d.Name, f.Severity.String()+": "+f.Text)
		}
		if text := removedText(d.Removed); text != "" {
			pressing.tell(d.Name, p.Language.Say("removed from git:")+" "+text)
		}
		moves.add(d.Name, movesTold(d, p)...)
		if !detailed(d) {
			quiet++
		}
	}
	commas := func(names []string) string { return strings.Join(names, ", ") }
	for _, form := range tellings {
		var text strings.Builder
		for _, g := range slices.Concat(pressing.list, moves.bySize()) {
			say.Fprintf(&text, "%s\n", g.places(p, plainly)+": "+form.told(g.statement)+form.where(g, commas))
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
	text, pointer := "", m.pointer()
	for _, list := range driftLists(all, m.palette()) {
		if text = list + "\n" + pointer; fits(text) {
			return text
		}
	}
	return strings.TrimSuffix(text, "\n"+pointer)
}
