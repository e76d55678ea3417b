package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/diff"
	"authsync/sync"
	"authsync/sync/planfile"
)

type diffOptions struct {
	selection
	outputs []output[*sync.Plan]
}

// diffRenderings are the formats of diff by name.
var diffRenderings = map[string]rendering[*sync.Plan]{
	"text": func(w io.Writer, plan *sync.Plan, l look) error { return renderDiff(w, plan, l.palette) },
	"json": func(w io.Writer, plan *sync.Plan, _ look) error { return planfile.WriteDiffJSON(w, plan, Version) },
}

func diffCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:        "diff",
		Usage:       "show what differs between git and live, and who moved; writes nothing",
		UsageText:   "authsync diff [PATH...] [flags]\n\nexample: authsync diff envs/prod.yaml",
		ArgsUsage:   "[PATH...]",
		Description: "It is the plan without the calls. It exits with 2 when anything differs, 0 when nothing does.",
		Flags:       append([]cli.Flag{formatFlag("text or json")}, targetFlags()...),
		Action: func(c *cli.Context) error {
			selected, err := readSelection(c)
			if err != nil {
				return err
			}
			outputs, err := readOutputs(c.StringSlice("format"), diffRenderings)
			if err != nil {
				return err
			}
			return runDiff(c.Context, diffOptions{selected, outputs}, s)
		},
	}
}

func runDiff(ctx context.Context, o diffOptions, s Streams) error {
	plan, _, err := o.plan(ctx)
	if err != nil {
		return err
	}
	if err := writeOutputs(plan, o.outputs, s.Out, look{palette: paletteFor(s.Out, o.plain)}); err != nil {
		return err
	}
	all := multierror.Append(nil, flatten(readErrors(plan.Environments))...)
	differs := false
	for _, env := range plan.Environments {
		differs = differs || len(env.Changes) > 0
		for _, err := range env.Unjudged() {
			all = multierror.Append(all, fmt.Errorf("%s: %w", env.Name, err))
		}
	}
	switch {
	case all.ErrorOrNil() != nil:
		return all
	case differs:
		return &exit{code: CodeDifferent}
	}
	return nil
}

// renderDiff writes the changes of a plan for a person, and nothing else.
func renderDiff(w io.Writer, plan *sync.Plan, p palette) error {
	b := bufio.NewWriter(w)
	for i, env := range plan.Environments {
		if i > 0 && (len(env.Changes) > 0 || len(plan.Environments[i-1].Changes) > 0) {
			fmt.Fprintln(b)
		}
		title := p.paint("bold", env.Name)
		if env.EnvID != "" {
			title += " (" + env.EnvID + ")"
		}
		fmt.Fprintf(b, "%s: %s\n", title, diffSummary(env))
		for _, c := range env.Changes {
			textChange(b, c, unread(env, c.Key), p)
		}
	}
	return b.Flush()
}

// diffSummary counts what applying would do; what could not be compared is not
// passed over in silence.
func diffSummary(env *sync.EnvironmentPlan) string {
	text := "nothing differs"
	switch {
	case len(env.Changes) > 0:
		text = changeCounts(env)
	case len(env.Errors)+len(env.Unjudged()) > 0:
		return "could not be compared"
	}
	if secrets := len(env.Uncompared); secrets > 0 {
		text += fmt.Sprintf(" (%s not compared)", count(secrets, "secret was", "secrets were"))
	}
	return text
}

// changeCounts says how many changes of each sort there are.
func changeCounts(env *sync.EnvironmentPlan) string {
	text := fmt.Sprintf("%d to create, %d to update, %d to delete", env.Count(diff.Create), env.Count(diff.Update), env.Count(diff.Delete))
	if n := env.Count(diff.Replace); n > 0 {
		text += fmt.Sprintf(", %d to replace", n)
	}
	return text
}
