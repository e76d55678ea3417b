package cli

import (
	"context"
	"io"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/sync"
	"authsync/sync/planfile"
)

type diffOptions struct {
	selection
	results[*sync.Plan]
}

var diffFormats = []format[*sync.Plan]{
	{name: "text", write: func(w io.Writer, plan *sync.Plan, l look) error { return render.Diff(w, plan, l.palette) }},
	{name: "json", write: inJSON(planfile.WriteDiffJSON)},
}

func diffCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:        "diff",
		Usage:       "show what differs between git and live, and who moved; writes nothing",
		UsageText:   "authsync diff [PATH...] [flags]\n\nexample: authsync diff envs/prod.yaml",
		ArgsUsage:   "[PATH...]",
		Description: "It is the plan without the calls. It exits with 2 when anything differs, 0 when nothing does.",
		Flags:       append([]cli.Flag{formatFlag(diffFormats)}, targetFlags()...),
		Action: doing(s, func(c *cli.Context) (o diffOptions, err error) {
			o.selection, o.results, err = readBoth(c, diffFormats)
			return o, err
		}, runDiff),
	}
}

func runDiff(ctx context.Context, o diffOptions, s Streams) error {
	plan, err := o.plan(ctx)
	if err != nil {
		return err
	}
	if err := o.write(plan, s.Out); err != nil {
		return err
	}
	all := multierror.Append(nil, readErrors(plan.Environments))
	differs := false
	for _, env := range plan.Environments {
		differs = differs || len(env.Changes) > 0
		all = multierror.Append(all, sync.At(env.Name, env.Unjudged()...))
	}
	switch {
	case all.ErrorOrNil() != nil:
		return all
	case differs:
		return &exit{code: CodeDifferent}
	}
	return nil
}
