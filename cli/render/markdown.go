package render

import (
	"fmt"
	"io"
	"strings"

	"authsync/diff"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
)

// Markdown writes results as Markdown for a comment in a pull request. The same plan
// gives the same bytes.
type Markdown struct {
	Command string // the command that shows everything
	Marker  string // identifies a pipeline's comment; "" = only one pipeline
	Max     int    // bytes at most
	// Language is that of the title and of texts that are not Markdown's.
	Language lang.Language
}

const (
	// MarkdownMax fits a comment of GitHub, which has 65,536 characters.
	MarkdownMax = 65_000
	// MarkdownMin is enough for the first lines of any plan.
	MarkdownMin = 1_000
)

// Plan writes a plan: a table with a row for each environment, the gates, refusals and
// errors, then each environment, folded. If that is too long, it leaves out details;
// see [page.fold]. Of a fleet it tells each change once; see [fleetPage].
func (m Markdown) Plan(w io.Writer, plan *sync.Plan) error {
	p := page{Markdown: m, sandbox: plan.Sandbox(), limits: markdownDigest(plan) + markdownPart(plan.Part, len(plan.Environments), m.palette()) + markdownRollout(plan.Rollout, m.palette()) + markdownSince(plan, m.palette()) + markdownLimits(plan, m.palette()), title: planTitle(plan, m.palette())}
	notes := foldNotes(plan.Environments)
	for i, env := range plan.Environments {
		p.sections = append(p.sections, newSection(env, notes[i], m.palette()))
	}
	if len(p.sections) >= fleetSize {
		_, err := io.WriteString(w, newFleetPage(p, plan).String())
		return err
	}
	p.fold()
	_, err := io.WriteString(w, p.String())
	return err
}

// markdownDigest identifies a saved plan. A pipeline looks for this line, the first of
// its form, and applies no other plan.
func markdownDigest(plan *sync.Plan) string {
	if plan.Digest == "" {
		return ""
	}
	return "Digest: `" + plan.Digest + "`\n\n"
}

// firstLine is an invisible line by which a pipeline finds its comment again.
func (m Markdown) firstLine() string {
	name := strings.TrimSpace("authsync:" + m.Command + " " + m.Marker)
	return "<!-- " + name + " -->\n"
}

func planTitle(plan *sync.Plan, p Palette) string {
	all := sync.EnvironmentPlan{}
	var shut, refused, unread int
	for _, env := range plan.Environments {
		all.Changes = append(all.Changes, env.Changes...)
		all.Steps = append(all.Steps, env.Steps...)
		shut += len(env.Shut())
		refused += min(len(env.Refusals), 1)
		unread += min(len(env.Errors), 1)
	}
	title := textSummary(&all, p)
	if all.Empty() && refused+unread > 0 {
		title = "" // what there is to do is not known
	}
	if shut > 0 {
		title += p.Language.Sayf("; %s to be allowed", p.count(shut, "1 gate", "%s gates"))
	}
	if refused > 0 {
		title += p.Language.Sayf("; %s refused", p.environments(refused))
	}
	if unread > 0 {
		title += p.Language.Sayf("; %s could not be read", p.environments(unread))
	}
	return strings.TrimLeft(title, "; ；")
}

// palette is how texts of the page look: plain, and in its language.
func (m Markdown) palette() Palette { return Palette{Language: m.Language} }

// markdownTable is the first table, with a row for each environment.
func markdownTable(sections []*section, p Palette) string {
	if len(sections) == 0 {
		return ""
	}
	return "| " + strings.Join([]string{
		p.Language.Say("environment"), p.Language.Say("create"), p.Language.Say("update"), p.Language.Say("delete"), p.Language.Say("replace"),
		p.Language.Say("drift"), p.Language.Say("calls"), p.Language.Say("gates"),
	}, " | ") + " | |\n|---|--:|--:|--:|--:|--:|--:|---|---|\n" + list.Join(sections, "", func(s *section) string { return s.row }) + "\n"
}

func markdownRow(env *sync.EnvironmentPlan, p Palette) string {
	name := asCell(env.Name)
	if env.EnvID != "" && env.EnvID != env.Name {
		name += " (" + asCell(env.EnvID) + ")"
	}
	row := "| " + name
	for _, n := range []int{
		env.Count(diff.Create), env.Count(diff.Update), env.Count(diff.Delete), env.Count(diff.Replace),
		len(outsideFields(env.Changes)), len(env.Steps),
	} {
		row += " |"
		if n > 0 {
			row += fmt.Sprintf(" %d", n) // surrounded by spaces it stands out
		}
	}
	state, pressing := planState(env, p)
	if pressing {
		state = "**" + state + "**"
	}
	return row + " | " + gateCells(env) + " | " + state + " |\n"
}

// gatesByName are the gates that an environment trips, those of one name together.
func gatesByName(env *sync.EnvironmentPlan) [][]sync.Gate {
	return list.Groups(env.Gates, func(g sync.Gate) string { return g.Allow })
}

func gateCells(env *sync.EnvironmentPlan) string {
	return list.Join(gatesByName(env), ", ", func(same []sync.Gate) string {
		if len(same) > 1 {
			return fmt.Sprintf("%s (%d)", asCell(same[0].Allow), len(same))
		}
		return asCell(same[0].Allow)
	})
}

// planState says whether an environment's plan can be applied, and whether somebody has to see to it.
func planState(env *sync.EnvironmentPlan, p Palette) (state string, pressing bool) {
	switch {
	case len(env.Errors) > 0:
		return p.Language.Say("could not be read"), true
	case len(env.Refusals) > 0:
		return p.Language.Say("refused"), true
	case len(env.Shut()) > 0:
		return p.Language.Say("to be allowed"), true
	case len(env.Gates) > 0:
		return p.Language.Say("allowed"), false
	case len(env.Changes) == 0:
		return p.Language.Say("nothing to do"), false
	}
	return p.Language.Say("ready"), false
}
