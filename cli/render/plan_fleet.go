package render

import (
	"io"
	"slices"
	"strings"

	"authsync/cli/say"
	"authsync/sync"
)

// textFleet writes the plan of a fleet: what several environments have in common,
// environments of which the same is told together, and those of which there is nothing
// to tell in one line.
func textFleet(w io.Writer, plan *sync.Plan, p Palette) {
	var changes, alike groups
	notes, quiet := foldNotes(plan.Environments), 0
	titles := map[string]say.Own{}
	var standing strings.Builder
	for i, env := range plan.Environments {
		changes.add(env.Name, changesTold(env, p)...)
		usual := func(n *toldNote) bool { return n.Code.Standing() }
		own := slices.DeleteFunc(slices.Clone(notes[i]), usual)
		for _, n := range notes[i] {
			if usual(n) {
				textNote(&standing, n, env.Name+": ", p)
			}
		}
		var body strings.Builder
		textBody(&body, env, own, newCauses("not read", p), p)
		if body.Len() == 0 && env.Empty() {
			quiet++
			continue
		}
		titles[env.Name] = p.title(env.Name, env.EnvID)
		alike.add(env.Name, statement{full: textSummary(env, p), brief: body.String()})
	}
	textShared(w, changes.shared(), p)
	for _, g := range alike.list {
		textAlike(w, g, titles, p)
		say.Fprintf(w, "\n")
	}
	if quiet > 0 {
		say.Fprintf(w, "%s: %s\n", p.environments(quiet), p.say("nothing to do"))
	}
	say.Fprintf(w, "%s", say.Own(standing.String()))
}

// textShared writes what is the same in several environments.
func textShared(w io.Writer, shared []*group, p Palette) {
	for _, g := range shared {
		say.Fprintf(w, "%s: %s\n", p.Paint("bold", say.Text(g.places(p, plainly))), g.full)
	}
	if len(shared) > 0 {
		say.Fprintf(w, "\n")
	}
}

// textAlike writes what is told of environments of which the same is told.
func textAlike(w io.Writer, g *group, titles map[string]say.Own, p Palette) {
	title := titles[g.where[0]]
	if len(g.where) > 1 {
		title = p.Paint("bold", say.Text(g.places(p, plainly)))
	}
	say.Fprintf(w, "%s: %s\n", title, say.Own(g.full))
	if len(g.where) > 1 {
		say.Fprintf(w, "  %s %s\n", p.say("in:"), strings.Join(g.where, ", "))
	}
	say.Fprintf(w, "%s", say.Own(g.brief))
}
