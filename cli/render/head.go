package render

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/spell"
	"authsync/sync"
)

// limitLine is what a run is limited to, or leaves out.
type limitLine struct {
	title string
	keys  []string
}

func limitLines(l sync.Limits) []limitLine {
	lines := []limitLine{{"only", list.Each(l.Targets, schema.Key.Spelled)}, {"left out", list.Each(l.Excluded, schema.Key.Spelled)}}
	return slices.DeleteFunc(lines, func(line limitLine) bool { return len(line.keys) == 0 })
}

func textLimits(w io.Writer, l sync.Limits, p Palette) {
	for _, line := range limitLines(l) {
		say.Fprintf(w, "  %s: %s\n", p.say(line.title), strings.Join(line.keys, ", "))
	}
}

// markdownLimits says what a plan is about. Every environment of it has the same
// limits.
func markdownLimits(plan *sync.Plan, p Palette) string {
	if len(plan.Environments) == 0 {
		return ""
	}
	var b strings.Builder
	for _, line := range limitLines(plan.Environments[0].Limits) {
		few, more := sync.Few(line.keys)
		fmt.Fprintf(&b, "**%s**: %s%s\n\n", p.say(line.title), asCodes(few), more)
	}
	return b.String()
}

// partLines say which part of a fleet results are of, and which shards are missing.
func partLines(part sync.Part, environments int, p Palette) (lines []string, pressing bool) {
	if s := part.Shard; !s.IsWhole() {
		text := p.Language.Sayf("shard %s of %s", strconv.Itoa(s.Index), strconv.Itoa(s.Of))
		if environments == 0 {
			text = p.Language.Sayf("%s: no environment is in it", text)
		}
		lines = append(lines, text)
	}
	if j := part.Joined; j != nil {
		text := p.Language.Sayf("%s of %s shards reported", strconv.Itoa(j.Of-len(j.Missing)), strconv.Itoa(j.Of))
		if len(j.Missing) > 0 {
			text = p.Language.Sayf("%s; not: %s", text, missingShards(j))
		}
		lines = append(lines, text)
		for _, d := range j.Digests {
			lines = append(lines, p.Language.Sayf("digest of shard %s: %s", strconv.Itoa(d.Index), d.Digest))
		}
		pressing = len(j.Missing) > 0
	}
	return lines, pressing
}

// Shards names the shards that did not report.
func Shards(j *sync.Joined) string {
	word := "shards"
	if len(j.Missing) == 1 {
		word = "shard"
	}
	return fmt.Sprintf("%s %s of %d", word, missingShards(j), j.Of)
}

func missingShards(j *sync.Joined) string {
	var ranges []string
	for from := 0; from < len(j.Missing); {
		to := from
		for to+1 < len(j.Missing) && j.Missing[to+1] == j.Missing[to]+1 {
			to++
		}
		text := strconv.Itoa(j.Missing[from])
		if to > from {
			text += "-" + strconv.Itoa(j.Missing[to])
		}
		ranges, from = append(ranges, text), to+1
	}
	return strings.Join(ranges, ", ")
}

func textPart(w io.Writer, part sync.Part, environments int, p Palette) {
	lines, pressing := partLines(part, environments, p)
	for i, line := range lines {
		if i == 0 && pressing {
			say.Fprintf(w, "%s\n", p.Paint("!", say.Text(line)))
			continue
		}
		say.Fprintf(w, "%s\n", line)
	}
	if len(lines) > 0 && environments > 0 {
		say.Fprintf(w, "\n")
	}
}

// markdownPart has each line in a paragraph of its own.
func markdownPart(part sync.Part, environments int, p Palette) string {
	var b strings.Builder
	lines, pressing := partLines(part, environments, p)
	for i, line := range lines {
		if line = prose(line); i == 0 && pressing {
			line = "**" + line + "**"
		}
		b.WriteString(line + "\n\n")
	}
	return b.String()
}

func htmlPart(part sync.Part, environments int, p Palette) []htmlLimit {
	lines, _ := partLines(part, environments, p)
	return headLimits(p.say("part"), lines)
}

// waveLines say in which order environments are applied, a line for each wave.
func waveLines(r *schema.Rollout, p Palette) []string {
	if r == nil {
		return nil
	}
	begins := func(w *schema.Wave) bool { return len(w.Environments) > 0 } // in this run
	var lines []string
	for i, w := range r.Waves {
		if !begins(w) {
			continue
		}
		few, more := sync.Few(w.Environments)
		line := p.Language.Sayf("wave %s of %s: %s", strconv.Itoa(i+1), strconv.Itoa(len(r.Waves)), p.environments(len(w.Environments)))
		line += " (" + strings.Join(few, ", ") + more + ")"
		if w.Soak > 0 && slices.ContainsFunc(r.Waves[i+1:], begins) {
			line = p.Language.Sayf("%s, then a wait of %s", line, w.Soak.String())
		}
		lines = append(lines, line)
	}
	return lines
}

func textRollout(w io.Writer, r *schema.Rollout, p Palette) {
	lines := waveLines(r, p)
	for _, line := range lines {
		say.Fprintf(w, "%s\n", line)
	}
	if len(lines) > 0 {
		say.Fprintf(w, "\n")
	}
}

func markdownRollout(r *schema.Rollout, p Palette) string {
	var b strings.Builder
	for _, line := range waveLines(r, p) {
		b.WriteString("- " + prose(line) + "\n")
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

func sinceText(s *sync.Since) string {
	if s.Commit == "" || strings.HasPrefix(s.Commit, s.Revision) {
		return spell.Text(s.Revision)
	}
	return spell.Text(s.Revision) + " (" + s.Commit[:min(12, len(s.Commit))] + ")"
}

func sinceCount(plan *sync.Plan, p Palette) string {
	n := len(plan.Environments)
	return p.Language.Sayf("%s of %s changed", strconv.Itoa(n), p.environments(n+len(plan.Since.Unchanged)))
}

const ofDeleted = "no longer in git: what was applied from it still exists, and no plan includes it"

func textSince(w io.Writer, plan *sync.Plan, p Palette) {
	if plan.Since == nil {
		return
	}
	say.Fprintf(w, "%s: %s\n", p.sayf("since %s", sinceText(plan.Since)), sinceCount(plan, p))
	for _, d := range plan.Since.Deleted {
		say.Fprintf(w, "  deleted: %s (%s) is %s\n", d.Name, d.File, p.say(ofDeleted))
	}
	if len(plan.Environments) > 0 {
		say.Fprintf(w, "\n")
	}
}

func markdownSince(plan *sync.Plan, p Palette) string {
	if plan.Since == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", p.sayf("Since %s %s.", asCode(sinceText(plan.Since)), sinceCount(plan, p)))
	few, more := sync.Few(list.Each(plan.Since.Deleted, func(d sync.Deleted) string { return d.Name + " (" + d.File + ")" }))
	if len(few) > 0 {
		fmt.Fprintf(&b, "%s %s%s: %s\n\n", p.say("**Deleted**:"), asCodes(few), more, p.say(ofDeleted))
	}
	return b.String()
}

const inSandbox = "this run speaks to a sandbox, and nothing real is touched"

// Sandbox says first of all that a run uses a sandbox, if it does.
func Sandbox(w io.Writer, identity string, p Palette) {
	if identity != "" {
		say.Fprintf(w, "%s %s\n", p.say("sandbox:"), p.say(inSandbox))
	}
}

// markdownSandbox is the first visible line of a run in a sandbox.
func markdownSandbox(identity string, p Palette) string {
	if identity == "" {
		return ""
	}
	return p.Language.Say("**Sandbox**:") + " " + p.Language.Say(inSandbox) + ".\n\n"
}
