package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
)

type checkOptions struct {
	selection
	keys     []schema.Key
	approved bool
}

func checkCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "have the services try out what is live: this sends real messages",
		UsageText: "authsync check [KEY...] [PATH...] [flags]\n\nexample: authsync check connector/aliyun-dm envs/prod.yaml",
		ArgsUsage: "[KEY...] [PATH...]",
		Description: "A KEY is KIND/NAME, or KIND for all of its kind; every other word is a PATH. Without a KEY, everything is\n" +
			"tried out that the manifests name and that can be: a mail connector sends a mail, an SMS connector a\n" +
			"message, and a social login has its settings checked. It asks first.",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "send the messages without asking"},
			envFlag(),
		}, connectionFlags()...),
		Action: func(c *cli.Context) error {
			keys, paths := line.KeysAndPaths(c.Args().Slice())
			selected, err := readSelectionOf(c, paths)
			if err != nil {
				return err
			}
			selected.access = transport.ReadWrite // a test changes nothing here, but it sends messages
			return runCheck(c.Context, checkOptions{selected, keys, c.Bool("yes")}, s)
		},
	}
}

func runCheck(ctx context.Context, o checkOptions, s Streams) error {
	envs, err := load(o.paths, o.envs)
	if err != nil {
		return err
	}
	if err := targetsExist(schema.OutlinesOf(envs), sync.Options{Targets: o.keys}); err != nil {
		return err
	}
	sites, err := connect(envs, o.selection)
	if err != nil {
		return err
	}
	all := list.Each(sites, func(site *sync.Site) []schema.Key { return sync.Testable(site, o.keys) })
	total := len(slices.Concat(all...))
	if total == 0 {
		return errors.New("there is nothing to try out: no object of these manifests that can be")
	}
	if !o.approved {
		if err := approve(s, "have "+render.Count(total, "object", "objects")+" tried out, which sends real messages"); err != nil {
			return err
		}
	}
	sayOfSandbox(s.Out, sites)
	return try(ctx, func(i int) (*sync.Site, error) { return sites[i], nil }, all, fleet.AtOnce(o.concurrency), s)
}

// try tests the objects of environments, so many environments at once, and prints the
// results.
func try(ctx context.Context, site func(i int) (*sync.Site, error), keys [][]schema.Key, most int, s Streams) error {
	trials, errs := make([][]sync.TestResult, len(keys)), make([]error, len(keys))
	fleet.InTurn(len(keys), most, func(i int) {
		if len(keys[i]) == 0 {
			return
		}
		var one *sync.Site
		if one, errs[i] = site(i); errs[i] == nil {
			trials[i] = sync.TestObjects(ctx, one, sync.Testable(one, keys[i]))
		}
	})
	failed := multierror.Append(nil, errs...)
	for _, t := range slices.Concat(trials...) {
		about := say.Own("works")
		switch {
		case t.Err != nil:
			about, failed = "failed", multierror.Append(failed, sync.At(t.Env+": "+t.Key.String(), t.Err))
		case t.Said != "":
			about = say.Sprintf("works: %s", t.Said)
		}
		say.Fprintf(s.Out, "%s: %s: %s\n", t.Env, t.Key, about)
	}
	return failed.ErrorOrNil()
}

// tryWritten tests the objects that an apply has written and read back.
func tryWritten(ctx context.Context, p *fleet.Passes, reports []*sync.Report, s Streams) error {
	return try(ctx, p.Site, list.Each(reports, func(r *sync.Report) []schema.Key {
		fine := list.Only(r.ReadBack, func(back sync.ReadBack) bool { return back.Status.Fine() })
		return list.Each(fine, func(back sync.ReadBack) schema.Key { return back.Key })
	}), p.Most, s)
}

// afterwards adds the error of a test to the result of an apply. The changes stay, so
// a failure now means that they are only partly as wanted.
func afterwards(applied, tried error) error {
	if tried == nil {
		return applied
	}
	if e, coded := errors.AsType[*exit](applied); coded {
		return &exit{e.code, multierror.Append(nil, e.err, tried)}
	}
	return &exit{CodePartly, tried}
}
