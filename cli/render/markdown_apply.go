package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// Applied writes the results of a run: how many environments ended in which state, why
// the run is not complete, and its report in a code fence.
func (m Markdown) Applied(w io.Writer, a sync.Applied) error {
	var text strings.Builder
	sandbox, title := "", "authsync apply: "+m.palette().Language.Say("nothing written")
	if a.Plan != nil {
		sandbox, title = a.Plan.Sandbox(), "authsync apply: "+endings(a, m.palette())
		reports := make([]*sync.Report, len(a.Plan.Environments))
		for i, env := range a.Plan.Environments {
			reports[i] = a.Report(i)
			say.Fprintf(&text, "%s: %s\n", env.Name, m.palette().say(string(a.Ending(i))))
		}
		Reports(&text, reports, m.palette())
	}
	for i, line := range a.Why() {
		if i == 0 {
			say.Fprintf(&text, "\n")
		}
		say.Fprintf(&text, "%s\n", line)
	}
	return m.fenced(w, sandbox, title, strings.TrimSpace(text.String())+"\n")
}

// endings says how many environments ended in which state.
func endings(a sync.Applied, p Palette) string {
	count := map[sync.Ending]int{}
	for i := range a.Plan.Environments {
		count[a.Ending(i)]++
	}
	var parts []string
	for _, e := range []sync.Ending{sync.NothingWritten, sync.PartlyDone, sync.AllDone, sync.NothingToDo} {
		if count[e] == len(a.Plan.Environments) {
			return p.Language.Say(string(e))
		}
		if count[e] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[e], p.say(string(e))))
		}
	}
	return strings.Join(parts, ", ")
}
