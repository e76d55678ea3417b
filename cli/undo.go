package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/sync"
)

func undoCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "undo",
		Usage:     "plan the way back from the last apply, show, ask, and make it so",
		UsageText: "authsync undo [PATH...] [flags]\n\nexample: authsync undo envs/prod.yaml",
		ArgsUsage: "[PATH...]",
		Description: "Before its first write an apply keeps what it is about to touch in .authsync beside the manifest,\n" +
			"sealed to the recipients. The way back is a plan like any other: made from what is live now, shown,\n" +
			"with its gates, and approved. It says what cannot be undone: the token of an API key, a secret that\n" +
			"live hid. An undo can be undone. The manifest stays as it is, so the next plan would do it all again.",
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "yes", Aliases: []string{"y"}, Usage: "undo without asking"},
			&cli.StringSliceFlag{Name: "env", Aliases: []string{"e"}, Usage: "only the environment `NAME`; may be repeated"},
			allowFlag(),
		}, connectionFlags()...),
		Action: func(c *cli.Context) error {
			selected, err := readSelection(c)
			if err != nil {
				return err
			}
			return carryOut(c.Context, applyOptions{selection: selected, approved: c.Bool("yes")}, selected.wayBack, s)
		},
	}
}

// wayBack plans the way back from the last apply of each environment.
func (s selection) wayBack(ctx context.Context) (*sync.Plan, []*sync.Site, error) {
	envs, err := load(s.paths, s.envs)
	if err != nil {
		return nil, nil, err
	}
	config, err := s.config(envs)
	if err != nil {
		return nil, nil, err
	}
	sites, err := sitesOf(envs, config)
	if err != nil {
		return nil, nil, err
	}
	plan := new(sync.Plan)
	var back []*sync.Site
	var all *multierror.Error
	for _, site := range sites {
		snapshot, err := sync.LatestSnapshot(site)
		switch {
		case errors.Is(err, sync.ErrNoSnapshot) && len(sites) > 1:
			continue
		case err != nil:
			all = multierror.Append(all, fmt.Errorf("%s: %w", site.Env.Name, err))
			continue
		}
		u := sync.Undo(site, snapshot)
		there, err := sitesOf([]*schema.Environment{u.Env}, config)
		if err != nil {
			all = multierror.Append(all, err)
			continue
		}
		u.Options.Allow, u.Options.Now = s.options.Allow, s.options.Now
		env := u.Plan(ctx, there[0])
		env.Notes = append(env.Notes, u.Notes...)
		plan.Environments, back = append(plan.Environments, env), append(back, there[0])
	}
	if len(back) == 0 && all == nil {
		all = multierror.Append(all, sync.ErrNoSnapshot)
	}
	return plan, back, all.ErrorOrNil()
}
