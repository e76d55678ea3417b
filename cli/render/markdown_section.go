package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// section is the part of a page about one environment.
type section struct {
	env *sync.EnvironmentPlan
	row string
	// alerts are what a reviewer must see, by sort: the rest of lines that begin with
	// the environment.
	alerts [len(alertSorts)][]string
	// changes are the changes and calls, in each level of detail.
	changes [summaryOnly]string
	detail  detail
}

// unreadTitle is that of the alerts that tell each cause once for all environments.
const unreadTitle = "Could not be read"

var alertSorts = [...]struct {
	title string
	lines func(*sync.EnvironmentPlan, Palette) []string
}{
	{"Gates", markdownGates}, {"Refused", markdownRefusals},
	{unreadTitle, func(env *sync.EnvironmentPlan, p Palette) []string { return markdownCauses(p, env) }},
	{"Accepted drift", markdownAccepted}, {"Removed from git", markdownRemoved},
	{"Rehearsed", markdownRehearsals},
}

func (s *section) alertLines(sort int) string {
	if alertSorts[sort].title == unreadTitle {
		return strings.Join(s.alerts[sort], "")
	}
	return list.Join(s.alerts[sort], "", func(rest string) string { return "- " + asCode(s.env.Name) + rest + "\n" })
}

// isLoud reports whether there is anything that a reviewer must see.
func (s *section) isLoud() bool {
	return slices.ContainsFunc(s.alerts[:], func(lines []string) bool { return len(lines) > 0 })
}

func newSection(env *sync.EnvironmentPlan, notes []*toldNote, p Palette) *section {
	s := &section{env: env, row: markdownRow(env, p)}
	for i, sort := range alertSorts {
		s.alerts[i] = sort.lines(env, p)
	}
	if len(env.Changes)+len(env.Steps)+len(notes)+len(env.Unmanaged) == 0 && removedText(env.Removed) == "" && goesTo(env, p, plainly) == "" {
		return s
	}
	calls, remarks := markdownCalls(env.Steps, p)+markdownWaysIn(env.WaysIn, p), markdownRemarks(env, notes, p)
	tables := markdownDestinations(env, p) + markdownTables(env, p)
	title := htmlCode(env.Name) + ": " + sectionCounts(env, len(notes), p)
	s.changes[withBodies] = folded(title, tables+calls+markdownBodies(env.Steps, p)+remarks)
	s.changes[withTables] = folded(title, tables+calls+remarks)
	s.changes[withObjects] = folded(title, markdownObjects(env, p)+calls+remarks)
	s.changes[withCounts] = fmt.Sprintf("%s: %s\n\n", asCode(env.Name), sectionCounts(env, len(notes), p))
	return s
}

// folded returns a part that a reader can open.
func folded(title, text string) string {
	return "<details>\n<summary>" + title + "</summary>\n\n" + text + "</details>\n\n"
}

func sectionCounts(env *sync.EnvironmentPlan, notes int, p Palette) string {
	return cmp.Or(strings.Join(countsOf(env, notes, p), ", "), p.Language.Say("where it goes"))
}

// countsOf says how much of what is told of an environment.
func countsOf(env *sync.EnvironmentPlan, notes int, p Palette) []string {
	var parts []string
	for _, part := range []struct {
		n    int
		text string
	}{
		{len(env.Changes), p.count(len(env.Changes), "1 change", "%s changes")},
		{len(env.Steps), p.count(len(env.Steps), "1 call", "%s calls")},
		{notes, p.count(notes, "1 note", "%s notes")},
		{unacknowledged(env.Removed), p.count(unacknowledged(env.Removed), "1 removal from git", "%s removals from git")},
		{len(env.Unmanaged), p.count(len(env.Unmanaged), "1 unmanaged object", "%s unmanaged objects")},
	} {
		if part.n > 0 {
			parts = append(parts, part.text)
		}
	}
	return parts
}

// markdownDestinations returns why an environment is planned, where requests go, and who can open what the plan
// seals.
func markdownDestinations(env *sync.EnvironmentPlan, p Palette) string {
	var b strings.Builder
	if few, more := sync.Few(env.ChangedFiles); len(few) > 0 {
		fmt.Fprintf(&b, "%s: %s%s\n\n", p.say("Changed"), asCodes(few), more)
	}
	for _, line := range []struct{ what, text string }{{p.Language.Say("Goes to"), goesTo(env, p, asCode)}, {p.Language.Say("Seals to"), sealsTo(env, p, asCode)}} {
		if line.text != "" {
			fmt.Fprintf(&b, "%s: %s\n\n", line.what, line.text)
		}
	}
	return b.String()
}

func markdownGates(env *sync.EnvironmentPlan, p Palette) []string {
	return list.Each(env.Gates, func(g sync.Gate) string {
		how := p.Language.Sayf("allow it with %s", asCode("--allow "+g.Allow))
		if g.Allowed {
			how = p.Language.Say("allowed")
		}
		return fmt.Sprintf(" **%s**%s: %s (%s)", g.Name, about(g.Key, g.Fields), prose(g.Why(p.Language)), how)
	})
}

func markdownRefusals(env *sync.EnvironmentPlan, _ Palette) []string {
	return list.Each(env.Refusals, func(r sync.Refusal) string { return about(r.Key, r.Fields) + ": " + prose(r.Text) })
}

// markdownCauses returns why environments could not be read, a line for each cause.
func markdownCauses(p Palette, envs ...*sync.EnvironmentPlan) []string {
	return list.Each(sync.ReadCauses(envs), func(cause sync.Cause) string {
		few, more := sync.Few(cause.Where)
		text := fmt.Sprintf("- %s%s: %s", asCodes(few), more, prose(cause.String()))
		if !cause.Advice.Empty() {
			text += "; " + prose(cause.Advice.In(p.Language))
		}
		return text + "\n"
	})
}

func markdownRemoved(env *sync.EnvironmentPlan, _ Palette) []string {
	if text := removedText(env.Removed); text != "" {
		return []string{": " + prose(text)}
	}
	return nil
}

// about names an object and its fields, if there are any.
func about(key schema.Key, fields []schema.Path) string {
	if names := namesOf(key, fields); len(names) > 0 {
		return " " + asCodes(names)
	}
	return ""
}

func namesOf(key schema.Key, fields []schema.Path) []string {
	names := list.Each(fields, schema.Path.Spelled)
	if key.Kind != "" {
		names = slices.Insert(names, 0, key.Spelled())
	}
	return names
}

func markdownObjects(env *sync.EnvironmentPlan, p Palette) string {
	var b strings.Builder
	for _, c := range env.Changes {
		fmt.Fprintf(&b, "- **%s** %s%s: %s", c.Action, asCode(c.Key.Spelled()), unreadMark(env, c.Key, p), p.count(len(c.Fields), "1 field", "%s fields"))
		if n := len(outsideFields([]diff.Change{c})); n > 0 {
			b.WriteString(p.Language.Sayf(", %s of drift", strconv.Itoa(n)))
		}
		b.WriteString("\n")
	}
	return paragraph(b.String())
}

func markdownCalls(steps []sync.Step, p Palette) string {
	if len(steps) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n| | %s | %s | %s |\n|--:|---|---|---|\n", p.say("**Calls**, in this order:"), p.say("call"), p.say("object"), p.say("fields"))
	for _, s := range steps {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", s.Number, asCell(s.Call.String()), asCell(s.Key.Spelled()), asCells(stepFields(s)))
	}
	return paragraph(b.String())
}

func markdownBodies(steps []sync.Step, p Palette) string {
	var b strings.Builder
	for _, s := range steps {
		if body := bodyText(s); body != "" {
			fmt.Fprintf(&b, "**%d** %s\n\n```json\n%s\n```\n\n", s.Number, asCode(s.Call.String()), body)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return folded(p.Language.Say("The bodies of the calls"), b.String())
}

// bodyText returns the body of a call as it will be sent, without secrets; "" = none.
func bodyText(s sync.Step) string {
	if s.Call.Body == nil {
		return ""
	}
	var text bytes.Buffer
	if err := json.Indent(&text, schema.RedactJSON(s.Call.Body), "", "  "); err != nil {
		return "" // not JSON, so it will not be sent
	}
	return visibleJSON(text.String())
}

func markdownRemarks(env *sync.EnvironmentPlan, notes []*toldNote, p Palette) string {
	var b strings.Builder
	b.WriteString(markdownNotes(notes, p))
	if len(env.Unmanaged) > 0 {
		fmt.Fprintf(&b, "- %s %s\n", p.say("unmanaged, left alone:"), asCodes(unmanaged(env)))
	}
	return paragraph(b.String())
}

func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}
