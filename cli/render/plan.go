// Package render writes results of the engine for a person: plans, diffs, drift and
// reports, as text for a terminal, as Markdown for a comment, and as a page for a browser.
//
// It must not know flags, files, exit codes or whether there is a terminal: it gets a
// writer and a [Palette], and the same result gives the same bytes. Begin reading at
// [Plan], then at [Markdown.Plan] and [HTMLPlan].
package render

import (
	"bufio"
	"io"
	"slices"
	"strings"

	"authsync/cli/say"
	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/spell"
	"authsync/sync"
)

// Plan writes a plan for a person: the changes, their calls, and the notes.
func Plan(w io.Writer, plan *sync.Plan, p Palette) error {
	b := bufio.NewWriter(w)
	Sandbox(b, plan.Sandbox(), p)
	textPart(b, plan.Part, len(plan.Environments), p)
	textRollout(b, plan.Rollout, p)
	textSince(b, plan, p)
	if len(plan.Environments) >= fleetSize {
		textFleet(b, plan, p)
		return b.Flush()
	}
	notRead, notes := newCauses("not read", p), foldNotes(plan.Environments)
	for i, env := range plan.Environments {
		if i > 0 {
			say.Fprintf(b, "\n")
		}
		textEnvironment(b, env, notes[i], notRead, p)
	}
	return b.Flush()
}

func textEnvironment(w io.Writer, env *sync.EnvironmentPlan, notes []*toldNote, notRead causes, p Palette) {
	say.Fprintf(w, "%s: %s\n", p.title(env.Name, env.EnvID), textSummary(env, p))
	textBody(w, env, notes, notRead, p)
}

// textBody writes what is told of an environment below its first line.
func textBody(w io.Writer, env *sync.EnvironmentPlan, notes []*toldNote, notRead causes, p Palette) {
	textLimits(w, env.Limits, p)
	for _, line := range []struct {
		title say.Own
		text  string
	}{{p.say("changed:"), strings.Join(env.ChangedFiles, ", ")}, {p.say("goes to:"), goesTo(env, p, plainly)}, {p.say("seals to:"), sealsTo(env, p, plainly)}} {
		if line.text != "" {
			say.Fprintf(w, "  %s %s\n", line.title, line.text)
		}
	}
	for _, g := range env.Gates {
		if g.Allowed {
			say.Fprintf(w, "  %s (%s)\n", Gate(g, p), p.say("allowed"))
			continue
		}
		say.Fprintf(w, "  %s (%s)\n", p.Paint("!", Gate(g, p)), p.sayf("allow it with --allow %s", g.Allow))
	}
	for _, r := range env.Refusals {
		say.Fprintf(w, "  %s %s: %s\n", p.Paint("!", p.say("refused")), r.Subject(), r.Text)
	}
	notRead.write(w, env.Name, env.Causes())
	textAccepted(w, env.Accepted, p)
	for _, c := range env.Changes {
		textChange(w, c, unreadMark(env, c.Key, p), p)
	}
	if len(env.Steps) > 0 {
		say.Fprintf(w, "  %s\n", p.say("calls:"))
		textSteps(w, env.Steps, p)
	}
	textWaysIn(w, env.WaysIn, p)
	textRehearsal(w, env.Rehearsal, p)
	textNotes(w, notes, p)
	textRemoved(w, env.Removed, p)
	if len(env.Unmanaged) > 0 {
		say.Fprintf(w, "  %s %s\n", p.Paint("dim", p.say("unmanaged, left alone:")), strings.Join(unmanaged(env), ", "))
	}
}

func textRemoved(w io.Writer, removed []sync.Removed, p Palette) {
	if text := removedText(removed); text != "" {
		say.Fprintf(w, "  %s %s\n", p.Paint("!", p.say("removed from git:")), say.Own(text))
	}
}

// textSummary is the first line of an environment.
func textSummary(env *sync.EnvironmentPlan, p Palette) string {
	if len(env.Changes) == 0 {
		switch {
		case len(env.Errors) > 0:
			return p.Language.Say("could not be read")
		case len(env.Refusals) > 0:
			return p.Language.Say("refused")
		}
		return p.Language.Say("nothing to do")
	}
	return p.Language.Sayf("%s, by %s", changeCounts(env, p), p.count(len(env.Steps), "1 call", "%s calls"))
}

// unreadMark marks a change to an object that could not be read.
func unreadMark(env *sync.EnvironmentPlan, key schema.Key, p Palette) string {
	if env.Unreadable[key.Kind] != nil {
		return " " + p.Language.Say("(live could not be read)")
	}
	return ""
}

func textChange(w io.Writer, c diff.Change, remark string, p Palette) {
	glyph := string(c.Action)
	say.Fprintf(w, "  %s %s%s\n", p.Paint(glyph, say.Text(glyph)), c.Key, remark)
	for _, f := range c.Fields {
		switch c.Action {
		case diff.Create:
			say.Fprintf(w, "      %s: %s%s\n", f.Path, schema.Display(f.After), originText(f, p))
		case diff.Delete:
			say.Fprintf(w, "      %s: %s%s\n", f.Path, displayGone(f.Before), originText(f, p))
		default:
			both := sidesOf(f.Before, f.After)
			say.Fprintf(w, "      %s: %s -> %s%s\n", f.Path, both.before, both.after, originText(f, p))
			both.write(w)
		}
	}
}

// originText says which side moved, if that is known.
func originText(f diff.Field, p Palette) say.Own {
	switch {
	case f.Origin == diff.OriginUnknown:
		return ""
	case f.Applied != nil:
		return p.Paint("!", say.Sprintf("  [both; applied %s]", displayApplied(f)))
	case f.Origin == diff.OriginGit:
		return p.Paint("dim", "  [git]")
	}
	return p.Paint("!", say.Sprintf("  [%s]", f.Origin))
}

// displayApplied shows the applied value so that it differs visibly from the wanted
// one.
func displayApplied(f diff.Field) string {
	applied, _ := schema.DisplayBoth(f.Applied, f.After)
	return applied
}

func displayGone(v schema.Value) string {
	if _, secret := v.(schema.Secret); secret {
		return "(a secret)"
	}
	return schema.Display(v)
}

// textSteps writes the calls in aligned columns.
func textSteps(w io.Writer, steps []sync.Step, p Palette) {
	calls := list.Each(steps, func(s sync.Step) string { return spell.Text(s.Call.String()) })
	keys := list.Each(steps, func(s sync.Step) string { return s.Key.Spelled() })
	call, key := columnOf(calls), columnOf(keys)
	for i, s := range steps {
		line := say.Sprintf("    %2d  %s  %s  %s", s.Number, call.pad(calls[i]), key.pad(keys[i]), strings.Join(stepFields(s), ", "))
		say.Fprintf(w, "%s\n", say.Own(strings.TrimRight(string(line), " ")))
	}
}

// stepFields says what a step changes of its object.
func stepFields(s sync.Step) []string {
	if s.Op == sync.OpDelete && s.Call.Action != "" && s.ID != "" && s.ID != s.Key.Name {
		return []string{"id " + s.ID} // several objects of one name may be deleted
	}
	return s.Fields
}

// unmanaged are the names of the live objects that git does not name, with a word
// on those that the service has by itself.
func unmanaged(env *sync.EnvironmentPlan) []string {
	return list.Each(env.Unmanaged, func(key schema.Key) string {
		if env.IsBuiltin(key) {
			return key.Spelled() + " (system)"
		}
		return key.Spelled()
	})
}

// Gate returns one line: the gate, its object and fields, and the reason.
func Gate(g sync.Gate, p Palette) say.Own {
	text := p.sayf("gate %s", g.Allow) + ": "
	if g.Key.Kind != "" {
		text += say.Sprintf("%s: ", g.Key)
	}
	for _, f := range g.Fields {
		text += say.Sprintf("%s: ", f)
	}
	return text + say.Text(g.Why(p.Language))
}

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

// goesTo returns the addresses of an environment's systems; "" = nothing is sent
// there, and no address is new.
func goesTo(env *sync.EnvironmentPlan, p Palette, spell func(string) string) string {
	unseen := func(d sync.Destination) bool { return d.Status == sync.FirstSeen && d.Sandbox == "" }
	if env.Empty() && len(env.Gates) == 0 && !slices.ContainsFunc(env.Destinations, unseen) {
		return ""
	}
	return list.Join(env.Destinations, ", ", func(d sync.Destination) string {
		text := d.System + " " + spell(d.Address)
		if d.Account != "" {
			text += " " + p.Language.Sayf("as account %s", spell(d.Account))
		}
		switch d.Status {
		case sync.FirstSeen:
			text += " " + p.Language.Say("(first seen)")
		case sync.Contradicted:
			text += " " + p.Language.Sayf("(was %s)", spell(d.Was))
		}
		return text
	})
}

// sealsTo says who can open what is sealed; "" = nothing is sealed.
func sealsTo(env *sync.EnvironmentPlan, p Palette, spell func(string) string) string {
	return list.Join(env.Seals.Recipients, ", ", func(recipient string) string {
		text := spell(secrets.ShortRecipient(recipient))
		if slices.Contains(env.Seals.Unknown, recipient) {
			text += " " + p.Language.Say("(not known to the lock)")
		}
		return text
	})
}

func plainly(text string) string { return text }
