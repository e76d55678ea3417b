package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/learn"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/fleet"
)

type learnOptions struct {
	selection
	name     string // of the environment
	approved bool
	writing  *firstWrite
}

func learnCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "learn",
		Usage:     "find out what a service does where its documents are silent, on a scratch object, and write quirks.yaml",
		UsageText: "authsync learn ENV [PATH...] [flags]\n\nexample: authsync learn dev envs --read-only",
		ArgsUsage: "ENV [PATH...]",
		Description: "It reads, shows the calls that it is about to make, asks, and makes them: on a provider of its own, which is\n" +
			"off and is deleted at the end, in at most 25 requests. Nothing else is written to. What a run that was killed\n" +
			"left behind is deleted by the next one. What is certain goes into quirks.yaml beside the manifest, by system\n" +
			"and address, without a secret; the rest stays unknown. docs/learn.md says more.",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "make the calls without asking"},
			&cli.BoolFlag{Name: "read-only", Usage: "make no call that writes: find out what reading alone tells"},
			stateDirFlag(),
			lockFromFlag(),
		}, connectionFlags()...),
		Action: writing(s, errStoppedReading, readLearn, runLearn),
	}
}

func readLearn(c *cli.Context, began *firstWrite) (o learnOptions, err error) {
	if c.Args().Len() < 1 {
		return o, errors.New("learn takes an environment, such as: authsync learn dev")
	}
	if o.selection, err = readConnection(c, c.Args().Slice()[1:]); err != nil {
		return o, err
	}
	if !c.Bool("read-only") {
		o.access = transport.ReadWrite
	}
	o.name, o.approved, o.writing = c.Args().First(), c.Bool("yes"), began
	return o, nil
}

func runLearn(ctx context.Context, o learnOptions, s Streams) error {
	env, err := environmentOf(o.paths, o.name)
	if err != nil {
		return err
	}
	book, err := learn.OpenBook(env)
	if err != nil {
		return err
	}
	if o.access == transport.ReadWrite {
		claims, err := fleet.Claim([]*schema.Outline{schema.OutlineOf(env)}, o.stateDir, 1)
		if err != nil {
			return err
		}
		defer claims.ReleaseAll()
	}
	survey, site, err := o.look(ctx, env)
	if err != nil {
		return sync.At(env.Name, err)
	}
	sayOfSandbox(s.Out, []*sync.Site{site})
	for _, err := range survey.Failed {
		say.Fprintf(s.Err, "warning: %s: not read: %v\n", env.Name, err)
	}
	report, err := o.learned(ctx, env, survey, s)
	if err != nil {
		return err
	}
	return o.keep(book, site, report, s)
}

// look reads what is there, through a transport that makes no more requests than the
// whole run may.
func (o learnOptions) look(ctx context.Context, env *schema.Environment) (*learn.Survey, *sync.Site, error) {
	envs := []*schema.Environment{env}
	config, err := o.config(envs)
	if err != nil {
		return nil, nil, err
	}
	budget := learn.Budget()
	config.Transport = config.Transport.Bounded(budget)
	sites, err := o.sitesOf(envs, config)
	if err != nil {
		return nil, nil, err
	}
	o.progress.Begin(fleet.Reading, env.Name)
	defer o.progress.End()
	survey, err := learn.Look(ctx, learn.Run{Site: sites[0], Budget: budget, Version: Version, Now: o.options.Now})
	return survey, sites[0], err
}

func (o learnOptions) learned(ctx context.Context, env *schema.Environment, survey *learn.Survey, s Streams) (*learn.Report, error) {
	if o.access == transport.ReadOnly {
		return survey.Report(), nil
	}
	render.Survey(s.Out, env.Name, survey, o.palette(s.Out))
	if err := failed(s.Out); err != nil {
		return nil, fmt.Errorf("what would be done could not be shown, and nothing was written: %w", err)
	}
	if len(survey.Calls()) == 0 {
		return survey.Report(), nil
	}
	if !o.approved {
		if err := approve(s, fmt.Sprintf("make these calls to %s", env.Name)); err != nil {
			return nil, err
		}
	}
	if !o.writing.begin() {
		select {} // the program is ending, and has said that nothing was written
	}
	o.progress.Begin(fleet.Applying, env.Name)
	defer o.progress.End()
	return survey.Try(ctx)
}

func (o learnOptions) keep(book *learn.Book, site *sync.Site, report *learn.Report, s Streams) error {
	text, entries, err := book.Record(site.Places, report.Findings)
	written := err == nil && book.Differs(text)
	if written {
		err = atomicfile.Write(book.File, text, 0o644)
	}
	render.Learned(s.Out, site.Env.Name, report, entries, o.palette(s.Out))
	var all *multierror.Error
	for _, failed := range report.Errors {
		say.Fprintf(s.Err, "warning: %s: %v\n", site.Env.Name, failed)
	}
	switch {
	case err != nil:
		all = multierror.Append(all, sync.At(site.Env.Name, err))
	case written:
		say.Fprintf(s.Out, "%s: written\n", book.File)
	default:
		say.Fprintf(s.Out, "%s: nothing new\n", book.File)
	}
	for _, key := range report.Left {
		all = multierror.Append(all, fmt.Errorf("%s: %s may still be there; authsync learn %s deletes it", site.Env.Name, key, site.Env.Name))
	}
	sayUnshown(s)
	if report.Stopped != nil {
		all = multierror.Append(all, sync.At(site.Env.Name, report.Stopped))
	}
	if err := all.ErrorOrNil(); err != nil {
		return &exit{CodePartly, err}
	}
	return nil
}
