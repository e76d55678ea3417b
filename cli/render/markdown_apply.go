package render

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/schema/list"
	"authsync/sync"
)

// Applied writes the results of a run: how many environments ended in which state, why
// the run is not complete, and its report in a code fence.
func (m Markdown) Applied(w io.Writer, a sync.Applied) error {
	var text strings.Builder
	sandbox, title := "", "authsync apply: "+m.palette().Language.Say("nothing written")
	if a.Plan != nil {
		sandbox, title = a.Plan.Sandbox(), "authsync apply: "+endings(a, m.palette())
		appliedText(&text, a, m.palette())
	}
	for i, line := range a.Why() {
		if i == 0 {
			say.Fprintf(&text, "\n")
		}
		say.Fprintf(&text, "%s\n", line)
	}
	if a.Plan != nil {
		title = strings.TrimSpace(title + "\n\n" + markdownPart(a.Plan.Part, len(a.Plan.Environments), m.palette()))
	}
	return m.fenced(w, sandbox, title, strings.TrimSpace(text.String())+"\n")
}

// Applied writes the results of a run for a person. Why it is not complete is for its
// errors to say.
func Applied(w io.Writer, a sync.Applied, p Palette) error {
	b := bufio.NewWriter(w)
	if a.Plan != nil {
		Sandbox(b, a.Plan.Sandbox(), p)
		textPart(b, a.Part, len(a.Plan.Environments), p)
		appliedText(b, a, p)
	}
	return b.Flush()
}

// appliedText has a line for each environment, or for those that ended alike, and the
// reports.
func appliedText(w io.Writer, a sync.Applied, p Palette) {
	reports := make([]*sync.Report, len(a.Plan.Environments))
	var alike groups
	for i, env := range a.Plan.Environments {
		reports[i] = a.Report(i)
		ending := string(p.say(string(a.Ending(i))))
		if len(reports) >= fleetSize {
			alike.add(env.Name, statement{full: ending})
			continue
		}
		say.Fprintf(w, "%s: %s\n", env.Name, say.Own(ending))
	}
	for _, g := range alike.bySize() {
		say.Fprintf(w, "%s: %s\n", g.places(p, plainly), say.Own(g.full))
	}
	Reports(w, reports, p)
}

// AppliedFindings are why a run is not complete.
func AppliedFindings(a sync.Applied) Findings {
	f := Findings{Command: "apply", Failed: list.Each(a.Why(), errors.New)}
	if a.Plan != nil {
		f.Sandbox = a.Plan.Sandbox()
	}
	return f
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
