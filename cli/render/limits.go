package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/schema/list"
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
