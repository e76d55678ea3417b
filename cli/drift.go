package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/planfile"
)

type driftOptions struct {
	selection
	results[sync.FleetDrift]
}

var driftFormats = []format[sync.FleetDrift]{
	{name: "text", write: func(w io.Writer, d sync.FleetDrift, l look) error { return render.Drift(w, d, l.palette) }},
	{name: "json", write: inJSON(planfile.WriteDriftJSON)},
	{name: "jsonl", write: inJSON(planfile.WriteDriftLines), inParts: true},
	{name: "markdown", write: func(w io.Writer, d sync.FleetDrift, l look) error { return l.markdown.Drift(w, d) }},
	{name: "html", write: func(w io.Writer, d sync.FleetDrift, l look) error { return render.HTMLDrift(w, d, l.palette.Language) }},
	{name: "github", write: func(w io.Writer, d sync.FleetDrift, _ look) error {
		return annotations(render.DriftFindings(d.Environments), w)
	}},
}

func driftCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "drift",
		Usage:     "show what moved on the live side since the last apply; writes nothing",
		UsageText: "authsync drift [PATH...] [flags]\n\nexample: authsync drift envs --env prod --format text --format json=drift.json",
		ArgsUsage: "[PATH...]",
		Description: "What was applied is in the lock beside the manifest. What git has changed since is not shown; see authsync plan.\n" +
			"What is live is held against the policies beside the manifests, too. It exits with 2 when anything moved or\n" +
			"breaks a rule of level error, 0 when nothing did.",
		Flags: slices.Concat([]cli.Flag{formatFlag(driftFormats), &cli.BoolFlag{Name: "thorough", Usage: thoroughUsage}}, markdownFlags(), targetFlags()),
		Action: doing(s, func(c *cli.Context) (o driftOptions, err error) {
			o.selection, o.results, err = readBoth(c, driftFormats)
			return o, err
		}, runDrift),
	}
}

// targetFlags select environments and objects for a command that only reads.
func targetFlags() []cli.Flag {
	return append([]cli.Flag{
		envFlag(),
		&cli.StringSliceFlag{Name: "target", Usage: "only the object `KEY` (provider/github, login) or all of a kind (provider); may be repeated"},
		&cli.StringSliceFlag{Name: "exclude", Usage: excludeUsage},
		shardFlag(),
		lockFromFlag(),
	}, connectionFlags()...)
}

func runDrift(ctx context.Context, o driftOptions, s Streams) error {
	outlines, err := o.surveyed()
	if err != nil {
		return err
	}
	run, err := o.run(inShard(outlines, o.options.Shard), fleet.AtOnce(o.concurrency), nil)
	if err != nil {
		return err
	}
	if err := targetsApplied(run.Run, o.options, outlines); err != nil {
		return err
	}
	outputs, rest := byFlow(o.outputs)
	lines := newParts[sync.FleetDrift](outputs, s.Out, o.look)
	all, err := run.Drift(ctx, func(i int, d *sync.Drifted) error {
		err := lines.add(i, sync.FleetDrift{Environments: []*sync.Drifted{d}})
		if len(rest) == 0 && !summarizes() {
			d.Forget()
		}
		return err
	})
	if err = cmp.Or(err, lines.end()); err != nil {
		return err
	}
	if err := driftExcludes(outlines, all); err != nil {
		return err
	}
	drift := sync.FleetDrift{Part: o.part(), Environments: all}
	summarize(o.look.markdown, render.Markdown.Drift, drift, s.Err)
	if err := writeOutputs(drift, rest, s.Out, o.look); err != nil {
		return err
	}
	return driftEnding(drift)
}

// driftEnding returns the error of a run by its results.
func driftEnding(drift sync.FleetDrift) error {
	var failed *multierror.Error
	moved := false
	for _, d := range drift.Environments {
		moved = moved || len(d.Moves) > 0 || d.Breaks()
		failed = multierror.Append(failed, sync.At(d.Name, d.Errors...))
	}
	switch {
	case failed.ErrorOrNil() != nil:
		return failed
	case moved:
		return &exit{code: CodeDifferent}
	}
	return nil
}

// targetsApplied refuses a key that neither a manifest nor a lock names: most likely
// it is misspelt, and the drift of nothing would look like good news. All are the
// environments of all shards.
func targetsApplied(run *fleet.Run, o sync.Options, all []*schema.Outline) error {
	for _, key := range o.Targets {
		if targetsExist(all, sync.Options{Targets: []schema.Key{key}}) == nil {
			continue
		}
		applied := false
		for i := 0; i < len(run.Outlines) && !applied; i++ {
			site, err := run.Look(i)
			if err != nil {
				return err
			}
			_, known := site.Lock.Entry(key)
			applied = known || key.Name == "" && len(site.Lock.Keys(key.Kind)) > 0
		}
		if !applied {
			return errors.New(key.String() + ": no environment of this run names it, and it was not applied from here")
		}
	}
	return nil
}

// driftExcludes refuses to leave out what nobody knows, if everything could be read.
func driftExcludes(outlines []*schema.Outline, all []*sync.Drifted) error {
	if slices.ContainsFunc(all, func(d *sync.Drifted) bool { return len(d.Errors) > 0 }) {
		return nil
	}
	return excludesExist(outlines, sync.Unmatched(list.Each(all, func(d *sync.Drifted) sync.Limits { return d.Limits })))
}
