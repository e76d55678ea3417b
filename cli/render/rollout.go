package render

import (
	"io"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/sync"
)

// waveLines say in which order environments are applied, a line for each wave.
func waveLines(r *schema.Rollout, p Palette) []string {
	if r == nil {
		return nil
	}
	var lines []string
	for i, w := range r.Waves {
		few, more := sync.Few(w.Environments)
		line := p.Language.Sayf("wave %s of %s: %s", strconv.Itoa(i+1), strconv.Itoa(len(r.Waves)), p.environments(len(w.Environments)))
		if len(few) > 0 {
			line += " (" + strings.Join(few, ", ") + more + ")"
		}
		if w.Soak > 0 && i+1 < len(r.Waves) {
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
