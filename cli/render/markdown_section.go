package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// section is the part of a page about one environment.
type section struct {
	env *sync.EnvironmentPlan
	row string
	// alerts are the lines that a reviewer must see, by sort.
	alerts [len(alertSorts)]string
	// changes are the changes and calls, in each level of detail.
	changes [summaryOnly]string
	detail  detail
}

// alertSorts are the sorts of alerts, in order.
var alertSorts = [...]struct {
	title string
	lines func(envs ...*sync.EnvironmentPlan) string
}{
	{"Gates", markdownGates}, {"Refused", markdownRefusals}, {"Could not be read", markdownCauses},
	{"Accepted drift", markdownAccepted}, {"Removed from git", markdownRemoved},
}

func newSection(env *sync.EnvironmentPlan, notes []*toldNote) *section {
	s := &section{env: env, row: markdownRow(env)}
	for i, sort := range alertSorts {
		s.alerts[i] = sort.lines(env)
	}
	if len(env.Changes)+len(env.Steps)+len(notes)+len(env.Unmanaged) == 0 && removedText(env.Removed) == "" && goesTo(env, plainly) == "" {
		return s
	}
	calls, remarks := markdownCalls(env.Steps), markdownRemarks(env, notes)
	tables := markdownDestinations(env) + markdownTables(env)
	s.changes[withBodies] = folded(sectionTitle(env, len(notes)), tables+calls+markdownBodies(env.Steps)+remarks)
	s.changes[withTables] = folded(sectionTitle(env, len(notes)), tables+calls+remarks)
	s.changes[withObjects] = folded(sectionTitle(env, len(notes)), markdownObjects(env)+calls+remarks)
	s.changes[withCounts] = fmt.Sprintf("%s: %s\n\n", asCode(env.Name), sectionCounts(env, len(notes)))
	return s
}

// folded returns a part that a reader can open.
func folded(title, text string) string {
	return "<details>\n<summary>" + title + "</summary>\n\n" + text + "</details>\n\n"
}

func sectionTitle(env *sync.EnvironmentPlan, notes int) string {
	return htmlCode(env.Name) + ": " + sectionCounts(env, notes)
}

func sectionCounts(env *sync.EnvironmentPlan, notes int) string {
	return cmp.Or(strings.Join(countsOf(env, notes), ", "), "where it goes")
}

// countsOf says how much of what is told of an environment.
func countsOf(env *sync.EnvironmentPlan, notes int) []string {
	var parts []string
	for _, part := range []struct {
		n         int
		one, many string
	}{
		{len(env.Changes), "change", "changes"},
		{len(env.Steps), "call", "calls"},
		{notes, "note", "notes"},
		{unacknowledged(env.Removed), "removal from git", "removals from git"},
		{len(env.Unmanaged), "unmanaged object", "unmanaged objects"},
	} {
		if part.n > 0 {
			parts = append(parts, Count(part.n, part.one, part.many))
		}
	}
	return parts
}

// markdownDestinations returns why an environment is planned, where requests go, and who can open what the plan
// seals.
func markdownDestinations(env *sync.EnvironmentPlan) string {
	var b strings.Builder
	if few, more := sync.Few(env.ChangedFiles); len(few) > 0 {
		fmt.Fprintf(&b, "Changed: %s%s\n\n", asCodes(few), more)
	}
	for _, line := range []struct{ what, text string }{{"Goes to", goesTo(env, asCode)}, {"Seals to", sealsTo(env, asCode)}} {
		if line.text != "" {
			fmt.Fprintf(&b, "%s: %s\n\n", line.what, line.text)
		}
	}
	return b.String()
}

func markdownGates(envs ...*sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, env := range envs {
		for _, g := range env.Gates {
			how := "allow it with " + asCode("--allow "+g.Allow)
			if g.Allowed {
				how = "allowed"
			}
			fmt.Fprintf(&b, "- %s **%s**%s: %s (%s)\n", asCode(env.Name), g.Name, about(g.Key, g.Fields), prose(g.Text), how)
		}
	}
	return b.String()
}

func markdownRefusals(envs ...*sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, env := range envs {
		for _, r := range env.Refusals {
			fmt.Fprintf(&b, "- %s%s: %s\n", asCode(env.Name), about(r.Key, r.Fields), prose(r.Text))
		}
	}
	return b.String()
}

// markdownCauses returns why environments could not be read, each cause once.
func markdownCauses(envs ...*sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, cause := range sync.ReadCauses(envs) {
		few, more := sync.Few(cause.Where)
		fmt.Fprintf(&b, "- %s%s: %s", asCodes(few), more, prose(cause.String()))
		if !cause.Advice.Empty() {
			b.WriteString("; " + prose(cause.Advice.String()))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// about names an object and its fields, if there are any.
func about(key schema.Key, fields []schema.Path) string {
	var names []string
	if key.Kind != "" {
		names = append(names, key.Spelled())
	}
	for _, f := range fields {
		names = append(names, f.Spelled())
	}
	if len(names) == 0 {
		return ""
	}
	return " " + asCodes(names)
}

// markdownObjects counts the fields of each object.
func markdownObjects(env *sync.EnvironmentPlan) string {
	var b strings.Builder
	for _, c := range env.Changes {
		fmt.Fprintf(&b, "- **%s** %s%s: %s", c.Action, asCode(c.Key.Spelled()), unreadMark(env, c.Key, Palette{}), Count(len(c.Fields), "field", "fields"))
		if n := drifted([]diff.Change{c}); n > 0 {
			fmt.Fprintf(&b, ", %d of drift", n)
		}
		b.WriteString("\n")
	}
	return paragraph(b.String())
}

func markdownCalls(steps []sync.Step) string {
	if len(steps) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("**Calls**, in this order:\n\n| | call | object | fields |\n|--:|---|---|---|\n")
	for _, s := range steps {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", s.Number, asCell(s.Call.String()), asCell(s.Key.Spelled()), asCells(stepFields(s)))
	}
	return paragraph(b.String())
}

// markdownBodies returns the bodies of calls.
func markdownBodies(steps []sync.Step) string {
	var b strings.Builder
	for _, s := range steps {
		if body := bodyText(s); body != "" {
			fmt.Fprintf(&b, "**%d** %s\n\n```json\n%s\n```\n\n", s.Number, asCode(s.Call.String()), body)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return folded("The bodies of the calls", b.String())
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

// markdownRemarks returns the notes.
func markdownRemarks(env *sync.EnvironmentPlan, notes []*toldNote) string {
	var b strings.Builder
	b.WriteString(markdownNotes(notes))
	if len(env.Unmanaged) > 0 {
		fmt.Fprintf(&b, "- unmanaged, left alone: %s\n", asCodes(unmanaged(env)))
	}
	return paragraph(b.String())
}

// paragraph returns a text as a paragraph.
func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}
