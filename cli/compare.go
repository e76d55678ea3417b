package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/pair"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/fleet"
)

type compareOptions struct {
	selection
	results[*pair.Comparison]
	names [2]string
	by    pair.Source
}

var compareFormats = []format[*pair.Comparison]{
	{name: "text", write: func(w io.Writer, c *pair.Comparison, l look) error { return render.Compare(w, c, l.palette) }},
	{name: "json", write: inJSON(pair.WriteJSON)},
	{name: "markdown", write: func(w io.Writer, c *pair.Comparison, l look) error { return l.markdown.Compare(w, c) }},
}

func compareCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "compare",
		Usage:     "show what differs between two environments; writes nothing",
		UsageText: "authsync compare ENV ENV [PATH...] [flags]\n\nexample: authsync compare staging prod envs",
		ArgsUsage: "ENV ENV [PATH...]",
		Description: "Their manifests are compared, Bases included, or with --live what the services have. Addresses, ids\n" +
			"and secrets, and what own: in a manifest names, belong to each environment: they are listed apart, and\n" +
			"are no differences. Of secrets it says whether they are the same, as far as identities open them.\n" +
			"It exits with 2 when anything differs, 0 when nothing does.",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "live", Usage: "compare what the services have, not what git says"},
			formatFlag(compareFormats),
		}, markdownFlags(), []cli.Flag{lockFromFlag()}, connectionFlags()),
		Action: doing(s, readCompare, runCompare),
	}
}

func readCompare(c *cli.Context) (o compareOptions, err error) {
	if o.results, err = readResults(c, compareFormats); err != nil {
		return o, err
	}
	if c.Args().Len() < 2 {
		return o, errors.New("compare takes two environments, such as: authsync compare staging prod")
	}
	o.names, o.by = [2]string(c.Args().Slice()[:2]), pair.ByGit
	if o.names[0] == o.names[1] {
		return o, fmt.Errorf("compare takes two environments, not %s twice", o.names[0])
	}
	if c.Bool("live") {
		o.by = pair.ByLive
	}
	o.selection, err = readConnection(c, c.Args().Slice()[2:])
	return o, err
}

func runCompare(ctx context.Context, o compareOptions, s Streams) error {
	loaded, err := loadRight(o.paths)
	if err != nil {
		return err
	}
	var envs [2]*schema.Environment
	for i, name := range o.names {
		if envs[i], err = environmentNamed(loaded.Environments, name); err != nil {
			return err
		}
	}
	compared, err := o.compared(ctx, envs)
	if compared == nil {
		return err
	}
	if written := o.write(compared, s.Out); written != nil || err != nil {
		return errors.Join(written, err)
	}
	if compared.Differs() > 0 {
		return &exit{code: CodeDifferent}
	}
	return nil
}

func environmentNamed(envs []*schema.Environment, name string) (*schema.Environment, error) {
	at := slices.IndexFunc(envs, func(e *schema.Environment) bool { return e.Name == name })
	if at < 0 {
		return nil, fmt.Errorf("%s: no such environment; there are %s", name, environmentNames(envs))
	}
	return envs[at], nil
}

// loadRight reads manifests without mistakes.
func loadRight(paths []string) (*schema.Loaded, error) {
	loaded := loadWhole(paths)
	return loaded, loaded.Faults.Mistakes().Err()
}

// environmentOf reads manifests and returns the environment of a name.
func environmentOf(paths []string, name string) (*schema.Environment, error) {
	loaded, err := loadRight(paths)
	if err != nil {
		return nil, err
	}
	return environmentNamed(loaded.Environments, name)
}

func (o compareOptions) compared(ctx context.Context, envs [2]*schema.Environment) (*pair.Comparison, error) {
	if o.by == pair.ByLive {
		return o.comparedLive(ctx, envs)
	}
	ids, err := identities(o.identities, askPassphrase, o.said)
	if err != nil {
		return nil, err
	}
	return pair.Compare(pair.InGit(envs[0]), pair.InGit(envs[1]), keyring(ids, schema.OutlinesOf(envs[:]))), nil
}

// comparedLive reads both environments. What cannot be read is an error, also where
// the rest can be compared.
func (o compareOptions) comparedLive(ctx context.Context, envs [2]*schema.Environment) (*pair.Comparison, error) {
	wide := []*schema.Environment{pair.Widened(envs[0], envs[1]), pair.Widened(envs[1], envs[0])}
	sites, err := connect(wide, o.selection)
	if err != nil {
		return nil, err
	}
	options := sync.Options{Others: sync.OthersWhole, Now: o.options.Now}
	var sides [2]pair.Side
	var all *multierror.Error
	reads := o.readAll(ctx, sites, options)
	for i, site := range sites {
		all = multierror.Append(all, sync.At(site.Env.Name, reads[i].Errors...))
		sides[i] = pair.InLive(site, reads[i])
	}
	if all.ErrorOrNil() != nil {
		return nil, all
	}
	compared := pair.Compare(sides[0], sides[1], sites[0].Keys)
	compared.By, compared.Sandbox = pair.ByLive, sites[0].Places.Sandbox()
	return compared, nil
}

func (s selection) readAll(ctx context.Context, sites []*sync.Site, o sync.Options) []*sync.Reading {
	s.progress.Begin(fleet.Reading, siteNames(sites)...)
	defer s.progress.End()
	return fleet.Turns(len(sites), fleet.AtOnce(s.concurrency), func(i int) *sync.Reading {
		defer s.progress.Ended(sites[i].Env.Name)
		return sync.Read(ctx, sites[i], o)
	})
}
