package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/remote"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/planfile"
)

type applyOptions struct {
	selection
	approved bool
	words    []string     // of the command line that continues the run
	rotating []schema.Key // the objects that the run was asked to replace
	// unrotated are the words once one of those was replaced.
	unrotated []string
	check     bool                // test the written objects
	pace      fleet.Pace          // of waves; nil = the wall clock
	saved     *planfile.SavedPlan // the plan to apply; nil = make one
	unread    error               // why the saved plan is not applied
	writing   *firstWrite         // whether a call has begun
	outputs   []output[sync.Applied]
}

// appliedFormats are the formats of an apply's results, besides its text.
var appliedFormats = []format[sync.Applied]{
	{name: "json", write: inJSON(planfile.WriteAppliedJSON)},
	{name: "markdown", write: func(w io.Writer, a sync.Applied, l look) error { return l.markdown.Applied(w, a) }},
	{name: "html", write: func(w io.Writer, a sync.Applied, l look) error { return render.HTMLApplied(w, a, l.palette.Language) }},
}

// beside returns where the text of an apply goes: standard output, unless a format
// uses it.
func (o applyOptions) beside(s Streams) Streams {
	if slices.ContainsFunc(o.outputs, func(o output[sync.Applied]) bool { return o.file == "" }) {
		s.Out = s.Err
	}
	return s
}

func applyCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "plan, show, ask, and make it so; then read back",
		UsageText: "authsync apply [PATH...] [flags]\nauthsync apply --plan FILE [PATH... [flags]]\n\nexample: authsync apply envs/dev.yaml --yes",
		ArgsUsage: "[PATH...]",
		Description: "With --plan, paths and the flags beside them say what the plan must have been asked for: one that\n" +
			"deletes, or passes a gate, though this command line does not say so, is refused.",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "apply without asking"},
			&cli.StringFlag{Name: "plan", Usage: "carry out the plan that plan --out has saved to `FILE`, if nothing that it rests on has moved"},
			digestFlag(),
			stateDirFlag(),
			formatFlag(appliedFormats),
			&cli.IntFlag{Name: "wave", Usage: "only the environments of the wave `N` of the Rollout, counted from 1"},
			&cli.BoolFlag{Name: "check", Usage: "then have the services try out what was written, where they can; this sends real messages"},
		}, selectionFlags()...),
		Action: writing(s, errStoppedReading, readApply, func(ctx context.Context, o applyOptions, s Streams) error {
			o.access = transport.ReadWrite
			return carryOut(ctx, o, o.planning(), s)
		}),
	}
}

// readApply reads the flags. A saved plan is an approval.
func readApply(c *cli.Context, began *firstWrite) (o applyOptions, err error) {
	o = applyOptions{approved: c.Bool("yes"), check: c.Bool("check"), words: wordsOf(c.Context), writing: began}
	paths := c.Args().Slice()
	if c.IsSet("format") {
		if o.outputs, err = readOutputs(c, appliedFormats); err != nil {
			return o, err
		}
	}
	if c.IsSet("digest") && !c.IsSet("plan") {
		return o, errDigestAlone
	}
	if c.IsSet("plan") {
		var part sync.Part
		if o.saved, part, o.unread = readSaved(c, "plan"); o.unread != nil {
			o.options.Shard = part.Shard
			return o, nil // the results say why
		}
		o.approved, paths, o.words = true, o.saved.Request.Paths, savedWords(c, o.saved.Request)
	}
	o.selection, err = readSelectionOf(c, paths)
	o.rotating, o.unrotated = o.options.Rotate, o.words
	if o.saved != nil {
		o.options.Shard = o.saved.Request.Shard // for its results, and its share of the rates
		o.rotating = o.saved.Request.Rotate
	}
	if o.wave = c.Int("wave"); err == nil && c.IsSet("wave") && o.wave < 1 {
		return o, fmt.Errorf("--wave %d: waves are counted from 1", o.wave)
	}
	return o, err
}

// planning is how a command that writes gets its plan. Nothing may be read for the
// plan before its environments are claimed.
type planning struct {
	outlines func() ([]*schema.Outline, error)
	planner  func(remote.SiteConfig) fleet.Planner
	saved    *planfile.SavedPlan // nil = it is made now
	allow    []string            // the gates of the saved one, which hold for its run: a host is allowed by a run
	notice   *bytes.Buffer       // what is to be said of the plan before it is shown
}

func (o applyOptions) planning() planning {
	if o.saved != nil {
		return planning{
			outlines: func() ([]*schema.Outline, error) { return o.bound(o.saved) },
			planner:  func(config remote.SiteConfig) fleet.Planner { return o.reviver(o.saved, config) },
			saved:    o.saved,
			allow:    o.saved.Request.Allow,
		}
	}
	return planning{outlines: o.environments, planner: func(remote.SiteConfig) fleet.Planner { return o.selection.planner }}
}

// planFirst makes the first pass over environments that are claimed.
func (o applyOptions) planFirst(ctx context.Context, p planning, outlines []*schema.Outline, claims *fleet.Claims, most int) (*fleet.Passes, error) {
	run, err := o.run(outlines, most, p.allow)
	if err != nil {
		return nil, err
	}
	one := p.planner(run.config)
	both, err := fleet.FirstPass(ctx, run.Run, claims, warned(one), one)
	if err != nil {
		return nil, fleet.Refusing[*planfile.StaleError](err)
	}
	if p.saved != nil {
		both.Planned.Since, both.Planned.Digest = p.saved.Since(), p.saved.Digest // as it was introduced then
		return both, nil
	}
	return both, o.excludesKnown(both.Planned)
}

// carryOut shows a plan, asks, applies it, and writes the results to files in any
// case.
func carryOut(ctx context.Context, o applyOptions, p planning, s Streams) error {
	did := sync.Applied{Part: o.part()}
	did.Err = showAndApply(ctx, o, p, o.beside(s), &did)
	did.ExitCode = int(codeOf(did.Err))
	l := look{markdown: render.Markdown{Command: "apply", Max: render.MarkdownMax}}
	summarize(l.markdown, render.Markdown.Applied, did, s.Err)
	if err := writeOutputs(did, o.outputs, s.Out, l); err != nil {
		say.Fprintf(s.Err, "warning: what was done could not be reported: %v\n", err)
	}
	return did.Err
}

func showAndApply(ctx context.Context, o applyOptions, p planning, s Streams, did *sync.Applied) error {
	if o.unread != nil {
		return o.unread
	}
	outlines, err := p.outlines()
	if err != nil {
		return err
	}
	most, err := fleet.UnderWay(o.concurrency)
	if err != nil {
		return err
	}
	claims, err := fleet.Claim(outlines, o.stateDir, most)
	if err != nil {
		return err
	}
	defer claims.ReleaseAll()
	both, err := o.planFirst(ctx, p, outlines, claims, most)
	if p.notice != nil {
		say.Fprintf(s.Err, "%s", say.Own(p.notice.String()))
	}
	if err != nil {
		return err
	}
	plan := both.Planned
	did.Plan = plan
	sayDigest(s.Err, plan)
	interruptedRuns(s.Err, plan, both.Interrupted)
	if err := cmp.Or(show(plan, o, s), o.waveNamed(plan.Rollout), both.Order(refusalOf)); err != nil {
		return err
	}
	if !slices.ContainsFunc(plan.Environments, func(env *sync.EnvironmentPlan) bool { return len(env.Steps) > 0 }) {
		return multierror.Append(nil, append(adopt(ctx, both, s.Out), readErrors(plan.Environments))...).ErrorOrNil()
	}
	if names, calls := both.Calls(); calls > 0 && !o.approved {
		if err := approve(s, o.question(plan, names, calls)); err != nil {
			return err
		}
	}
	makeMachineKey(s.Err)
	reports := both.Apply(ctx, o.telling(s.Err))
	did.Reports = reports
	render.Reports(s.Out, reports, o.palette(s.Out))
	sayUnshown(s)
	err = applied(plan, reports, o.goOn(plan, reports))
	if !o.check {
		return err
	}
	return afterwards(err, tryWritten(ctx, both, reports, s))
}

// step tells of a step, unless the program is ending and has said that nothing was
// written.
func (o applyOptions) step(e sync.Event) {
	if e.Result == nil && !o.writing.begin() {
		select {}
	}
	o.progress.Step(e)
}

// telling is how an apply tells on a stream what it does.
func (o applyOptions) telling(w io.Writer) fleet.Telling {
	return fleet.Telling{Pace: o.pace, Step: o.step, Soaks: func(wave, of int, until time.Time) {
		say.Fprintf(w, "wave %d of %d has ended; the next one begins at %s, if nothing moves until then\n", wave, of, until.UTC().Format(time.RFC3339))
	}}
}

// adopt records what is as wanted, and tells how calls of the runs before ended.
func adopt(ctx context.Context, p *fleet.Passes, w io.Writer) []error {
	resolved, errs := p.Adopt(ctx)
	for i, resolutions := range resolved {
		if len(resolutions) > 0 {
			say.Fprintf(w, "\n%s:\n", p.Outlines[i].Name)
			render.Settled(w, resolutions)
		}
	}
	return errs
}

// show shows a plan, and returns why it must not be applied.
func show(plan *sync.Plan, o applyOptions, s Streams) error {
	if err := cmp.Or(render.Plan(s.Out, plan, o.palette(s.Out)), failed(s.Out)); err != nil {
		return fmt.Errorf("the plan could not be shown, and nothing was written: %w", err)
	}
	if plan.Rollout != nil {
		return nil // what is refused stops its wave
	}
	return cmp.Or(refusals(plan), shutGates(plan))
}

// sayUnshown says that a part of the output was lost. The exit code still tells what
// the run did.
func sayUnshown(s Streams) {
	switch unread, failed := lost(s.Out); {
	case failed != nil:
		say.Fprintf(s.Err, "warning: not all of the report was written: %v\n", failed)
	case unread:
		say.Fprintf(s.Err, "warning: standard output was closed before all was written; the run went on to its end\n")
	}
}

// question is what the user is asked before anything is written. The plan may have
// scrolled away, so it repeats the numbers of changes and the gates passed, with the
// environments.
func (o applyOptions) question(plan *sync.Plan, names []string, calls int) string {
	text := fmt.Sprintf("make %s to %s", render.Count(calls, "call", "calls"), listed(names))
	if accounts := plan.Accounts(); len(accounts) > 0 {
		text += " as account " + strings.Join(accounts, ", ")
	}
	text += ": " + render.Changes(plan)
	if gates := gatesPassed(plan); len(gates) > 0 {
		text += "; through the " + strings.Join(gates, ", ")
	}
	if o.check {
		text += ", and then try out what was written, which sends real messages"
	}
	return text
}

// gatesPassed returns the allowed gates, each with its environments.
func gatesPassed(plan *sync.Plan) []string {
	type passed struct{ gate, env string }
	all := list.Flat(plan.Environments, func(env *sync.EnvironmentPlan) []passed {
		return list.Each(env.Gates, func(g sync.Gate) passed { return passed{g.Allow, env.Name} })
	})
	return list.Each(list.Groups(all, func(p passed) string { return p.gate }), func(same []passed) string {
		where := slices.Compact(list.Each(same, func(p passed) string { return p.env }))
		names := strings.Join(where, " and ")
		if len(where) > mostListed {
			names = listed(where)
		}
		return fmt.Sprintf("gate %s in %s", same[0].gate, names)
	})
}

// applied returns the error and exit code of a run. Next is the command that continues
// it.
func applied(plan *sync.Plan, reports []*sync.Report, next string) error {
	var all *multierror.Error
	var takeOver, keptOld []string
	amiss, refused := false, false
	for i, r := range reports {
		amiss = amiss || !r.Complete()
		refused = refused || fleet.WasRefused(r)
		all = multierror.Append(all, reportErrors(plan.Environments[i], r)...)
		for _, back := range r.ReadBack {
			if back.Status.Fine() {
				continue
			}
			all = multierror.Append(all, fmt.Errorf("%s: %s: read back: %s", r.Name, back.Key, back.Status))
			if back.Status == sync.ServerChanged {
				takeOver = append(takeOver, takingOver(plan.Environments[i].File, back))
				continue
			}
			amiss = true
			if len(back.Fields) > 0 {
				keptOld = append(keptOld, takingOver(plan.Environments[i].File, back))
			}
		}
	}
	for _, command := range takeOver {
		all = multierror.Append(all, fmt.Errorf("the service keeps its own value, which is not written over again; take it over with: %s", command))
	}
	for _, command := range keptOld {
		all = multierror.Append(all, fmt.Errorf("if it stays so when it is applied again, the service keeps the old value; take that over with: %s", command))
	}
	switch {
	case !amiss && len(takeOver) == 0:
		return nil
	case !amiss:
		return &exit{CodePartly, all}
	case slices.ContainsFunc(reports, (*sync.Report).Wrote):
		return &exit{CodePartly, multierror.Append(all, fmt.Errorf("partly applied; go on from what is live with: %s", next))}
	}
	all = multierror.Append(all, errors.New("nothing was written"))
	if refused {
		return &exit{CodeRefused, all}
	}
	return &exit{CodeError, all}
}

// reportErrors returns the failures of an environment's apply, each with its place.
func reportErrors(env *sync.EnvironmentPlan, r *sync.Report) (errs []error) {
	for _, step := range r.Steps {
		if step.Outcome == sync.Failed || step.Outcome == sync.Refused {
			errs = append(errs, sync.At(fmt.Sprintf("%s: step %d of %d, %s", r.Name, step.Step.Number, len(env.Steps), step.Step.Key), step.Err))
		}
	}
	return append(errs, sync.At(r.Name, r.Errors...))
}
