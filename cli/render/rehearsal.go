package render

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"authsync/cli/say"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/sync"
)

// verdict says how a plan ended on a copy of live.
func verdict(r *sync.Rehearsal, p Palette) string {
	n, of := strconv.Itoa(r.AsWanted), strconv.Itoa(r.Readings)
	switch {
	case r.Without != "":
		return p.Language.Sayf("not rehearsed: %s", r.Without)
	case r.Untried > 0:
		return p.Language.Sayf("rehearsed under %s of %s readings, which are too many; it ends as wanted under %s", strconv.Itoa(r.Readings-r.Untried), of, n)
	case r.All() && r.Readings == 1:
		return p.Language.Say("rehearsed: ends as wanted")
	case r.All():
		return p.Language.Sayf("rehearsed: ends as wanted under all %s readings", of)
	}
	return p.Language.Sayf("rehearsed: ends as wanted under %s of %s readings", n, of)
}

// under says under which answers a plan ends so; "" = under each.
func under(d sync.Divergence) string {
	sets := list.Each(d.Under, func(set quirk.Set) string {
		return list.Join(slices.Sorted(maps.Keys(set)), ", ", func(name quirk.Name) string { return string(name) + "=" + string(set[name]) })
	})
	slices.Sort(sets)
	return strings.Join(sets, "; ")
}

// readingsOf says under which readings a plan ends so.
func readingsOf(d sync.Divergence, p Palette) string {
	if sets := under(d); sets != "" {
		return p.Language.Sayf("under %s", sets)
	}
	return p.Language.Say("under each reading")
}

// divergencePaths are the field that a divergence is about, if it is about one.
func divergencePaths(d sync.Divergence) []schema.Path {
	if len(d.Path) == 0 {
		return nil
	}
	return []schema.Path{d.Path}
}

func textRehearsal(w io.Writer, r *sync.Rehearsal, p Palette) {
	if r == nil {
		return
	}
	glyph := "dim"
	if !r.All() {
		glyph = "!"
	}
	say.Fprintf(w, "  %s\n", p.Paint(glyph, say.Text(verdict(r, p))))
	for _, d := range r.Divergences {
		about := d.Key.Spelled()
		for _, path := range divergencePaths(d) {
			about += " " + path.Spelled()
		}
		say.Fprintf(w, "    %s: %s (%s)\n", strings.TrimSpace(about), d.Text, readingsOf(d, p))
		say.Fprintf(w, "      %s\n", p.Paint("dim", p.say(d.What.Advice())))
	}
}

func markdownRehearsals(env *sync.EnvironmentPlan, p Palette) []string {
	if env.Rehearsal == nil {
		return nil
	}
	text := " " + prose(verdict(env.Rehearsal, p))
	for _, d := range env.Rehearsal.Divergences {
		text += fmt.Sprintf("\n  - %s: %s (%s); %s", strings.TrimSpace(about(d.Key, divergencePaths(d))), prose(d.Text), prose(readingsOf(d, p)), prose(p.Language.Say(d.What.Advice())))
	}
	return []string{text}
}

func rehearsalAlerts(g *htmlGroups, env *sync.EnvironmentPlan) {
	if env.Rehearsal == nil {
		return
	}
	p := g.page.palette
	g.alert(rehearsedAlerts, env.Name, htmlLine{Text: tell(verdict(env.Rehearsal, p))})
	for _, d := range env.Rehearsal.Divergences {
		g.alert(rehearsedAlerts, env.Name, htmlLine{
			Lead: legible(d.What), Names: named(d.Key, divergencePaths(d)), Text: tell(d.Text + " (" + readingsOf(d, p) + ")"), Hint: tell(p.Language.Say(d.What.Advice())),
		})
	}
}
