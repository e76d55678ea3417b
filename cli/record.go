package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/say"
	"authsync/learn"
	"authsync/learn/record"
	"authsync/schema"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/fleet"
)

type recordOptions struct {
	selection
	name, dir string
}

func recordCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "record",
		Usage:     "write what is live as a sandbox's seed, with every text replaced, so that a fault can be handed over",
		UsageText: "authsync record ENV [PATH...] --out DIR [flags]\n\nexample: authsync record dev envs --out recorded",
		ArgsUsage: "ENV [PATH...]",
		Description: "Each text that is not one of a fixed choice is replaced by another of the same length and form; the same\n" +
			"text by the same one. The key of that is kept nowhere. The folder holds a manifest of what is live, with\n" +
			"other secrets in the place of those that are there, and what is known of the services (quirks.yaml):\n" +
			"authsync sandbox --seed DIR plays both. Nothing is written to a service.",
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "the folder `DIR` to write to; it is made, or is empty"},
			lockFromFlag(),
		}, connectionFlags()...),
		Action: doing(s, readRecord, runRecord),
	}
}

func readRecord(c *cli.Context) (o recordOptions, err error) {
	if c.Args().Len() < 1 || c.String("out") == "" || c.String("out") == stdout {
		return o, errors.New("record takes an environment and a folder, such as: authsync record dev --out recorded")
	}
	o.name, o.dir = c.Args().First(), c.String("out")
	o.selection, err = readConnection(c, c.Args().Slice()[1:])
	return o, err
}

func runRecord(ctx context.Context, o recordOptions, s Streams) error {
	env, err := environmentOf(o.paths, o.name)
	if err != nil {
		return err
	}
	if entries, err := os.ReadDir(o.dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s: is not empty", spell.Text(o.dir))
	}
	sites, err := connect([]*schema.Environment{withAllKinds(env)}, o.selection)
	if err != nil {
		return err
	}
	site := sites[0]
	sayOfSandbox(o.progress.Messages(s.Err), sites)
	text, quirks, left, err := o.recorded(ctx, site)
	if err != nil {
		return sync.At(env.Name, err)
	}
	for _, what := range left {
		say.Fprintf(o.progress.Messages(s.Err), "%s: %s\n", env.Name, what)
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	var all *multierror.Error
	for name, text := range map[string][]byte{record.File: text, "quirks.yaml": quirks} {
		if err := atomicfile.Write(filepath.Join(o.dir, name), text, 0o644); err != nil {
			all = multierror.Append(all, err)
		}
	}
	if err := all.ErrorOrNil(); err != nil {
		return err
	}
	say.Fprintf(s.Out, "%s: written; authsync sandbox --seed %s plays it\n", o.dir, say.Own(spell.Word(o.dir)))
	return nil
}

// withAllKinds is an environment with all kinds of its systems, so that all that is live is
// read.
func withAllKinds(env *schema.Environment) *schema.Environment {
	wide := *env
	wide.Collections = map[string]*schema.Collection{}
	wanted(&wide, env.Has)
	maps.Copy(wide.Collections, env.Collections)
	return &wide
}

// recorded reads what is live, and what that tells of the services.
func (o recordOptions) recorded(ctx context.Context, site *sync.Site) (seed, quirks []byte, left []string, err error) {
	o.progress.Begin(fleet.Reading, site.Env.Name)
	defer o.progress.End()
	read := sync.Read(ctx, site, sync.Options{Others: sync.OthersWhole, Now: o.options.Now})
	if seed, left, err = record.Seed(site, read); err != nil {
		return nil, nil, nil, err
	}
	known := schema.Quirks{}
	for system, place := range site.Places {
		for name, found := range site.Env.Quirks.At(system, place.Address, place.Sandbox) {
			known.Add(system, schema.SandboxAddress, name, schema.Finding{Value: found.Value})
		}
	}
	survey, err := learn.Look(ctx, learn.Run{Site: site, Budget: learn.Budget(), Version: Version, Now: o.options.Now})
	if err != nil {
		return nil, nil, nil, err
	}
	for _, f := range survey.Report().Findings {
		known.Add(f.System, schema.SandboxAddress, f.Name, schema.Finding{Value: f.Value})
	}
	quirks, err = known.Write()
	return seed, quirks, left, err
}
