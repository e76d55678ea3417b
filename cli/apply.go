package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/remote"
	"authsync/schema"
	"authsync/sync"
)

type applyOptions struct {
	selection
	approved bool
	check    bool            // try out what was written
	saved    *sync.SavedPlan // to be carried out; nil = a plan of now
}

func applyCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "plan, show, ask, and make it so; then read back",
		UsageText: "authsync apply [PATH...] [flags]\nauthsync apply --plan FILE [flags]\n\nexample: authsync apply envs/dev.yaml --yes",
		ArgsUsage: "[PATH...]",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "apply without asking"},
			&cli.StringFlag{Name: "plan", Usage: "carry out the plan that plan --out has saved to `FILE`, if nothing that it rests on has moved"},
			&cli.BoolFlag{Name: "check", Usage: "then have the services try out what was written, where they can; this sends real messages"},
		}, selectionFlags()...),
		Action: func(c *cli.Context) error {
			o, err := readApply(c)
			if err != nil {
				return err
			}
			o.access = remote.ReadWrite
			return carryOut(c.Context, o, o.planned, s)
		},
	}
}

// readApply reads the flags. A saved plan is an approval.
func readApply(c *cli.Context) (applyOptions, error) {
	o := applyOptions{approved: c.Bool("yes"), check: c.Bool("check")}
	paths := c.Args().Slice()
	var err error
	if c.IsSet("plan") {
		if o.saved, err = readSaved(c); err != nil {
			return o, err
		}
		o.approved, paths = true, o.saved.Request.Paths
	}
	o.selection, err = readSelectionOf(c, paths)
	return o, err
}

// planned is the plan to carry out.
func (o applyOptions) planned(ctx context.Context) (*sync.Plan, []*sync.Site, error) {
	if o.saved != nil {
		return o.revive(ctx, o.saved)
	}
	return o.plan(ctx)
}

// carryOut shows a plan, asks, and carries it out.
func carryOut(ctx context.Context, o applyOptions, planned func(context.Context) (*sync.Plan, []*sync.Site, error), s Streams) error {
	plan, sites, err := planned(ctx)
	if err != nil {
		return err
	}
	if err := renderText(s.Out, plan, paletteFor(s.Out, o.plain)); err != nil {
		return err
	}
	if err := refusals(plan); err != nil {
		return err
	}
	if err := shutGates(plan); err != nil {
		return err
	}
	steps := 0
	for _, env := range plan.Environments {
		steps += len(env.Steps)
	}
	if steps == 0 {
		return errors.Join(readErrors(plan.Environments), adopt(plan, sites))
	}
	if !o.approved {
		if err := approve(s, o.question(plan, steps)); err != nil {
			return err
		}
	}
	reports := applyAll(ctx, plan, sites, o.progress)
	textReports(s.Out, reports, paletteFor(s.Out, o.plain))
	err = applied(plan, reports)
	if !o.check {
		return err
	}
	return afterwards(err, tryWritten(ctx, sites, reports, s))
}

// adopt notes what stands as wanted though nothing was written.
func adopt(plan *sync.Plan, sites []*sync.Site) error {
	var all *multierror.Error
	for i, env := range plan.Environments {
		if err := sync.Adopt(sites[i], env); err != nil {
			all = multierror.Append(all, fmt.Errorf("%s: the lock could not be written: %w", env.Name, err))
		}
	}
	return all.ErrorOrNil()
}

// question is what a person is asked before anything is written.
func (o applyOptions) question(plan *sync.Plan, steps int) string {
	var names []string
	for _, env := range plan.Environments {
		if len(env.Steps) > 0 {
			names = append(names, env.Name)
		}
	}
	text := fmt.Sprintf("make %s to %s", count(steps, "call", "calls"), strings.Join(names, ", "))
	if o.check {
		text += ", and then try out what was written, which sends real messages"
	}
	return text
}

// applyAll applies all environments at once.
func applyAll(ctx context.Context, plan *sync.Plan, sites []*sync.Site, p *progress) []*sync.Report {
	p.begin(applying, siteNames(sites)...)
	defer p.end()
	reports := make([]*sync.Report, len(sites))
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() {
			reports[i] = sync.Apply(ctx, site, plan.Environments[i], p.step)
			p.ended(site.Env.Name)
		})
	}
	wait.Wait()
	return reports
}

// textReports says at the end what stands: a line for each environment, and
// what is not as wanted.
func textReports(w interface{ Write([]byte) (int, error) }, reports []*sync.Report, p palette) {
	for _, r := range reports {
		if len(r.Steps) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n%s: %s\n", p.paint("bold", r.Name), reportSummary(r))
		for _, back := range r.ReadBack {
			if back.Standing.Fine() {
				continue
			}
			fmt.Fprintf(w, "  %s %s\n", back.Key, p.paint("!", string(back.Standing)))
			for _, f := range back.Fields {
				fmt.Fprintf(w, "      %s: wanted %s, got %s\n", schema.DisplayPath(f.Path), schema.Display(f.After), schema.Display(f.Before))
			}
		}
	}
}

func reportSummary(r *sync.Report) string {
	parts := []string{fmt.Sprintf("%d of %s done", r.Count(sync.Done)+r.Count(sync.Settled), count(len(r.Steps), "call", "calls"))}
	if n := r.Count(sync.Failed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	if n := r.Count(sync.Skipped); n > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", n))
	}
	unread := standing(r, sync.NotReadable)
	if read := len(r.ReadBack) - unread; read > 0 {
		parts = append(parts, fmt.Sprintf("read back: %d of %s as wanted", standing(r, sync.AsWanted), count(read, "object", "objects")))
	}
	if unread > 0 {
		parts = append(parts, count(unread, "object", "objects")+" cannot be read back")
	}
	return strings.Join(parts, ", ")
}

// standing counts the objects that stand so.
func standing(r *sync.Report, s sync.Standing) int {
	n := 0
	for _, back := range r.ReadBack {
		if back.Standing == s {
			n++
		}
	}
	return n
}

// applied turns reports into the error and exit code of the run.
func applied(plan *sync.Plan, reports []*sync.Report) error {
	var all *multierror.Error
	var wrote, amiss bool
	for i, r := range reports {
		wrote = wrote || r.Wrote()
		amiss = amiss || !r.Complete()
		for _, step := range r.Steps {
			if step.Outcome == sync.Failed {
				all = multierror.Append(all, fmt.Errorf("%s: step %d of %d, %s: %w",
					r.Name, step.Step.Number, len(plan.Environments[i].Steps), step.Step.Key, step.Err))
			}
		}
		for _, err := range r.Errors {
			all = multierror.Append(all, fmt.Errorf("%s: %w", r.Name, err))
		}
		for _, back := range r.ReadBack {
			if !back.Standing.Fine() {
				amiss = true
				all = multierror.Append(all, fmt.Errorf("%s: %s: read back: %s", r.Name, back.Key, back.Standing))
			}
		}
	}
	switch {
	case !amiss:
		return nil
	case wrote:
		all = multierror.Append(all, errors.New("partly applied; run the same command again to go on: it plans from what is live"))
		return &exit{CodePartly, all}
	}
	all = multierror.Append(all, errors.New("nothing was written"))
	return &exit{CodeError, all}
}
