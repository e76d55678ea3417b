package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/sync"
)

// limitLine is what a run is limited to, or leaves out.
type limitLine struct {
	title string
	keys  []string
}

func limitLines(l sync.Limits) []limitLine {
	var lines []limitLine
	for _, line := range []struct {
		title string
		keys  []schema.Key
	}{{"only", l.Targets}, {"left out", l.Excluded}} {
		if len(line.keys) == 0 {
			continue
		}
		names := make([]string, len(line.keys))
		for i, key := range line.keys {
			names[i] = key.Spelled()
		}
		lines = append(lines, limitLine{line.title, names})
	}
	return lines
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
