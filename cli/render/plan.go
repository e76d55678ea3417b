package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// Plan writes a plan for a person: what changes, the calls that do it,
// and what else is worth knowing.
func Plan(w io.Writer, plan *sync.Plan, p Palette) error {
	b := bufio.NewWriter(w)
	Sandbox(b, plan.Sandbox())
	notRead := newCauses("not read", p)
	for i, env := range plan.Environments {
		if i > 0 {
			fmt.Fprintln(b)
		}
		textEnvironment(b, env, notRead, p)
	}
	return b.Flush()
}

func textEnvironment(w io.Writer, env *sync.EnvironmentPlan, notRead causes, p Palette) {
	title := p.Paint("bold", env.Name)
	if env.EnvID != "" {
		title += " (" + env.EnvID + ")"
	}
	fmt.Fprintf(w, "%s: %s\n", title, textSummary(env))
	for _, g := range env.Gates {
		if g.Allowed {
			fmt.Fprintf(w, "  %s (allowed)\n", Gate(g))
			continue
		}
		fmt.Fprintf(w, "  %s (allow it with --allow %s)\n", p.Paint("!", Gate(g)), g.Allow)
	}
	for _, r := range env.Refusals {
		fmt.Fprintf(w, "  %s %s: %s\n", p.Paint("!", "refused"), r.Key, r.Text)
	}
	notRead.write(w, env.Name, env.Causes())
	for _, c := range env.Changes {
		textChange(w, c, unread(env, c.Key), p)
	}
	if len(env.Steps) > 0 {
		fmt.Fprintf(w, "  calls:\n")
		textSteps(w, env.Steps, p)
	}
	for _, n := range env.Notes {
		about := ""
		if n.Key.Kind != "" {
			about = n.Key.String() + ": "
		}
		fmt.Fprintf(w, "  %s %s%s\n", p.Paint("dim", "note:"), about, n.Text)
	}
	if len(env.Unmanaged) > 0 {
		fmt.Fprintf(w, "  %s %s\n", p.Paint("dim", "unmanaged, left alone:"), joinKeys(env.Unmanaged))
	}
}

// textSummary is one line: what a reviewer reads first.
func textSummary(env *sync.EnvironmentPlan) string {
	if len(env.Changes) == 0 {
		switch {
		case len(env.Errors) > 0:
			return "could not be read"
		case len(env.Refusals) > 0:
			return "refused"
		}
		return "nothing to do"
	}
	return changeCounts(env) + ", by " + Count(len(env.Steps), "call", "calls")
}

// unread is a remark on a change to what could not be read.
func unread(env *sync.EnvironmentPlan, key schema.Key) string {
	if env.Unreadable[key.Kind] != nil {
		return " (live could not be read)"
	}
	return ""
}

func textChange(w io.Writer, c diff.Change, remark string, p Palette) {
	glyph := string(c.Action)
	fmt.Fprintf(w, "  %s %s%s\n", p.Paint(glyph, glyph), c.Key, remark)
	for _, f := range c.Fields {
		path := schema.DisplayPath(f.Path)
		switch c.Action {
		case diff.Create:
			fmt.Fprintf(w, "      %s: %s%s\n", path, schema.Display(f.After), originText(f, p))
		case diff.Delete:
			fmt.Fprintf(w, "      %s: %s%s\n", path, displayGone(f.Before), originText(f, p))
		default:
			fmt.Fprintf(w, "      %s: %s -> %s%s\n", path, schema.Display(f.Before), schema.Display(f.After), originText(f, p))
		}
	}
}

// originText says who moved, where that is known.
func originText(f diff.Field, p Palette) string {
	switch {
	case f.Origin == diff.OriginUnknown:
		return ""
	case f.Applied != nil:
		return p.Paint("!", fmt.Sprintf("  [both; applied %s]", schema.Display(f.Applied)))
	case f.Origin == diff.OriginGit:
		return p.Paint("dim", "  [git]")
	}
	return p.Paint("!", fmt.Sprintf("  [%s]", f.Origin))
}

// displayGone spells a value that nothing takes the place of.
func displayGone(v schema.Value) string {
	if _, secret := v.(schema.Secret); secret {
		return "(a secret)"
	}
	return schema.Display(v)
}

// textSteps lines the columns up.
func textSteps(w io.Writer, steps []sync.Step, p Palette) {
	var call, key int
	for _, s := range steps {
		call, key = max(call, len(s.Call.String())), max(key, len(s.Key.String()))
	}
	for _, s := range steps {
		line := fmt.Sprintf("    %2d  %-*s  %-*s  %s", s.Number, call, s.Call, key, s.Key, strings.Join(stepFields(s), ", "))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
}

// stepFields says what a step is about in its object.
func stepFields(s sync.Step) []string {
	if s.Op == sync.OpDelete && s.Call.Action != "" && s.ID != "" && s.ID != s.Key.Name {
		return []string{"id " + s.ID} // several may go that have one name
	}
	return s.Fields
}

func joinKeys(keys []schema.Key) string {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = schema.DisplayPath(schema.Path{key.String()})
	}
	return strings.Join(names, ", ")
}
