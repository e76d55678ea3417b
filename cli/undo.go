package cli

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/remote"
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
			selected.access = remote.ReadWrite
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
	sites, err := s.sitesOf(envs, config)
	if err != nil {
		return nil, nil, err
	}
	var ways []*sync.Undoing
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
		there, err := s.sitesOf([]*schema.Environment{u.Env}, config)
		if err != nil {
			all = multierror.Append(all, err)
			continue
		}
		u.Options.Allow, u.Options.Now = s.options.Allow, s.options.Now
		ways, back = append(ways, u), append(back, there[0])
	}
	if len(back) == 0 && all == nil {
		all = multierror.Append(all, sync.ErrNoSnapshot)
	}
	if all != nil {
		return nil, nil, all
	}
	return s.planWays(ctx, ways, back), back, nil
}

func (s selection) planWays(ctx context.Context, ways []*sync.Undoing, sites []*sync.Site) *sync.Plan {
	s.progress.begin(reading, siteNames(sites)...)
	defer s.progress.end()
	plan := &sync.Plan{Environments: make([]*sync.EnvironmentPlan, len(sites))}
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() {
			plan.Environments[i] = ways[i].Plan(ctx, site)
			plan.Environments[i].Notes = append(plan.Environments[i].Notes, ways[i].Notes...)
			s.progress.ended(site.Env.Name)
		})
	}
	wait.Wait()
	return plan
}
