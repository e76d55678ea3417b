package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/git"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/planfile"
)

type planOptions struct {
	selection
	results[*sync.Plan]
	unequal  Code // the exit code for changes
	saving   saving
	since    string // the revision of --changed-since; "" = plan all
	rehearse bool
}

func planCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "plan",
		Usage:     "show what apply would do, by which calls; writes nothing",
		UsageText: "authsync plan [PATH...] [flags]\nauthsync plan --verify FILE [flags]\n\nexample: authsync plan envs --env prod --format text --format json=plan.json",
		ArgsUsage: "[PATH...]",
		Flags: slices.Concat([]cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "save the plan to `FILE`, for apply --plan"},
			&cli.DurationFlag{Name: "good-for", Value: 24 * time.Hour, Usage: "how long the saved plan may be applied: `TIME`"},
			formatFlag(planFormats),
			&cli.StringFlag{Name: "changed-since", Usage: "only environments of which a file differs from the git revision `REF`: manifest, Bases, recipients, policies, rollout, quirks, lock or vault"},
			&cli.BoolFlag{Name: "exit-code", Usage: "exit with 2 when there are changes"},
			&cli.BoolFlag{Name: "rehearse", Usage: "make the calls on a copy of live in memory, under each combination of what is not known of the services and matters, and say how they end; asks the services for nothing more"},
			&cli.StringFlag{Name: "verify", Usage: "say whether the plan that plan --out has saved to `FILE` may still be applied, and make none"},
			digestFlag(),
		}, markdownFlags(), selectionFlags()),
		Action: func(c *cli.Context) error {
			if c.IsSet("verify") {
				return verifyPlan(c, s)
			}
			return doing(s, readPlan, runPlan)(c)
		},
	}
}

func readPlan(c *cli.Context) (o planOptions, err error) {
	o.unequal, o.since, o.rehearse = readChanged(c), c.String("changed-since"), c.Bool("rehearse")
	if c.IsSet("digest") {
		return o, errDigestAlone
	}
	if o.selection, o.results, err = readBoth(c, planFormats); err != nil {
		return o, err
	}
	if err = besideShown(c, "out"); err != nil {
		return o, err
	}
	if o.saving = (saving{c.String("out"), c.Duration("good-for")}); o.saving.life <= 0 {
		return o, errors.New("--good-for takes a time above 0")
	}
	return o, nil
}

func runPlan(ctx context.Context, o planOptions, s Streams) error {
	lines, rest := byFlow(o.outputs)
	made, err := o.made(ctx, newParts[*sync.Plan](lines, s.Out, o.look))
	if err != nil {
		return err
	}
	plan := made.plan
	fault := cmp.Or(readErrors(plan.Environments), refusals(plan))
	var saved []byte
	if fault == nil {
		saved, fault = o.save(plan, made)
	}
	summarize(o.look.markdown, render.Markdown.Plan, plan, s.Err)
	if err := writeOutputs(plan, rest, s.Out, o.look); err != nil {
		return err
	}
	if fault != nil {
		return fault
	}
	if saved != nil {
		if err := atomicfile.Output(o.saving.file, saved, 0o600); err != nil {
			return err
		}
	}
	sayDigest(s.Err, plan)
	return planEnding(plan, o.unequal)
}

// planEnding returns the error of a run by its plan, and by the exit code for changes.
func planEnding(plan *sync.Plan, changed Code) error {
	fault := cmp.Or(readErrors(plan.Environments), refusals(plan))
	if fault == nil && changed != CodeDone && !plan.Empty() {
		return &exit{code: changed}
	}
	return fault
}

func readChanged(c *cli.Context) Code {
	if c.Bool("exit-code") {
		return CodeDifferent
	}
	return CodeDone
}

// streams reports whether all that is told of an environment is told at its turn.
func (o planOptions) streams() bool {
	_, rest := byFlow(o.outputs)
	return len(rest) == 0 && o.saving.file == "" && !summarizes()
}

// madePlan is a plan with what it rests on, as far as it will be saved.
type madePlan struct {
	plan   *sync.Plan
	rests  []planfile.Foundation
	faults []error // of what it rests on
}

// made plans the environments, or those that have changed since a revision, and tells
// of each at its turn.
func (o planOptions) made(ctx context.Context, lines *parts[*sync.Plan]) (*madePlan, error) {
	all, err := o.environments()
	if err != nil {
		return nil, err
	}
	some, err := o.changed(all)
	if err != nil {
		return nil, err
	}
	run, err := o.run(some.Outlines, fleet.AtOnce(o.concurrency), nil)
	if err != nil {
		return nil, err
	}
	m := &madePlan{rests: make([]planfile.Foundation, len(some.Outlines)), faults: make([]error, len(some.Outlines))}
	one := fleet.Planner(o.planner)
	if o.rehearse {
		one = rehearsed(one)
	}
	m.plan, err = run.Plan(ctx, one, func(i int, site *sync.Site, env *sync.EnvironmentPlan) error {
		env.ChangedFiles = some.Files[i]
		if o.saving.file != "" {
			m.rests[i], m.faults[i] = planfile.FoundationOf(site, env)
		}
		env.LetGo()
		err := lines.add(i, &sync.Plan{Environments: []*sync.EnvironmentPlan{env}})
		if o.streams() {
			env.Forget()
		}
		return err
	})
	if err = cmp.Or(err, lines.end()); err != nil {
		return nil, err
	}
	m.plan.Since = some.Since
	return m, o.excludesKnown(m.plan)
}

// changed finds the environments to plan: those of which a file has changed since a
// revision; without one all are.
func (o planOptions) changed(all []*schema.Outline) (git.Changed, error) {
	if o.since == "" {
		return git.Changed{Outlines: all, Files: make([][]string, len(all))}, nil
	}
	return git.At(o.since, "--changed-since "+o.since).Changed(o.paths, all)
}

func readErrors(envs []*sync.EnvironmentPlan) error {
	var all *multierror.Error
	for _, env := range envs {
		all = multierror.Append(all, sync.At(env.Name, env.Errors...))
	}
	return all.ErrorOrNil()
}

// refusals returns the reasons why a plan must not be applied.
func refusals(plan *sync.Plan) error {
	var each refused
	for _, env := range plan.Environments {
		for _, r := range env.Refusals {
			each.add(env.Name, r.Subject()+": "+r.Text)
		}
	}
	all := multierror.Append(nil, each.errors()...)
	if all.ErrorOrNil() == nil {
		return nil
	}
	return &exit{CodeRefused, all}
}

var planFormats = []format[*sync.Plan]{
	{name: "text", write: func(w io.Writer, plan *sync.Plan, l look) error { return render.Plan(w, plan, l.palette) }},
	{name: "json", write: inJSON(planfile.WriteJSON)},
	{name: "jsonl", write: inJSON(planfile.WriteLines), inParts: true},
	{name: "markdown", write: func(w io.Writer, plan *sync.Plan, l look) error { return l.markdown.Plan(w, plan) }},
	{name: "html", write: func(w io.Writer, plan *sync.Plan, l look) error { return render.HTMLPlan(w, plan, l.palette.Language) }},
	{name: "github", write: func(w io.Writer, plan *sync.Plan, _ look) error { return annotations(render.PlanFindings(plan), w) }},
}
