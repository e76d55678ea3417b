package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/remote"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/lock"
)

type undoOptions struct {
	applyOptions
	env  *schema.Environment
	from string // the file of a snapshot
}

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
			envFlag(),
			&cli.StringFlag{Name: "from", Usage: "go back to what the snapshot `FILE` holds; the last one if left out"},
			stateDirFlag(),
			allowFlag(),
		}, connectionFlags()...),
		Action: writing(s, errStoppedReading, readUndo, func(ctx context.Context, o undoOptions, s Streams) error {
			return carryOut(ctx, o.applyOptions, o.planning(), s)
		}),
	}
}

// readUndo selects the environment and the snapshot. An undo keeps a snapshot of its
// own, so the command that continues it names this one.
func readUndo(c *cli.Context, began *firstWrite) (o undoOptions, err error) {
	o.approved, o.words, o.writing, o.from = c.Bool("yes"), wordsOf(c.Context), began, c.String("from")
	if o.selection, err = readSelection(c); err != nil {
		return o, err
	}
	o.access = transport.ReadWrite
	envs, err := load(o.paths, o.envs)
	if err != nil {
		return o, err
	}
	if len(envs) > 1 {
		return o, fmt.Errorf("undo takes one environment at a time; choose one with --env: %s", environmentNames(envs))
	}
	o.env = envs[0]
	if o.from != "" {
		return o, nil
	}
	runs := sync.StateOf(o.env.Name, o.env.File, o.stateDir)
	runs.Key = machineKey()
	if err := runs.Untracked(); err != nil {
		return o, &exit{CodeRefused, fmt.Errorf("%s: %w", o.env.Name, err)}
	}
	places := lock.PlacesOf(o.env, sandboxIdentity(o.sandbox))
	back, err := runs.GoingBack(sync.JournalOf(places))
	if err != nil {
		return o, fmt.Errorf("%s: %w", o.env.Name, err)
	}
	var passedOver []string
	if o.from, passedOver, err = runs.LatestSnapshot(back, func(text []byte) bool { return places.Other(lock.PlacesIn(text)) == "" }); err != nil {
		return o, fmt.Errorf("%s: %w", o.env.Name, err)
	}
	if filepath.Base(o.from) == back {
		say.Fprintf(c.App.ErrWriter, "%s: the undo before this did not come to its end; this one goes on with it\n", o.env.Name)
	}
	for _, file := range passedOver {
		say.Fprintf(c.App.ErrWriter, "%s: passed over %s, which was not made on this machine; --from takes it\n", o.env.Name, file)
	}
	o.words = append(o.words, "--from="+o.from)
	return o, nil
}

func (o undoOptions) planning() planning {
	notice := new(bytes.Buffer)
	return planning{
		notice:   notice,
		outlines: func() ([]*schema.Outline, error) { return []*schema.Outline{schema.OutlineOf(o.env)}, nil },
		planner: func(config remote.SiteConfig) fleet.Planner {
			return func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
				return o.wayBack(ctx, config, site, notice)
			}
		},
	}
}

func (o undoOptions) wayBack(ctx context.Context, config remote.SiteConfig, site *sync.Site, notice io.Writer) (*sync.Site, *sync.EnvironmentPlan, error) {
	snapshot, err := sync.OpenSnapshot(site, o.from)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", o.env.Name, err)
	}
	sayRun(notice, o.env.Name, snapshot)
	u := sync.Undo(site, snapshot)
	u.Options.Allow, u.Options.Now = o.options.Allow, o.options.Now
	if site, err = o.siteOf(u.Env, config); err != nil {
		return nil, nil, err
	}
	env := u.Plan(ctx, site)
	if name := filepath.Base(o.from); site.State.Path(name) == o.from {
		env.Back = name
	}
	env.Notes = append(env.Notes, u.Notes...)
	return site, env, nil
}

func sayRun(w io.Writer, env string, s *sync.Snapshot) {
	touched := list.Each(s.Objects, func(o sync.Before) schema.Key { return o.Key })
	touched = slices.DeleteFunc(touched, func(key schema.Key) bool { return !s.Touched(key) })
	say.Fprintf(w, "%s: going back from the run of %s, which touched %s\n", env, s.Made.UTC().Format(time.RFC3339), list.Join(touched, ", ", schema.Key.String))
	if !s.Marked {
		say.Fprintf(w, "warning: %s: was not made on this machine, and nothing shows who made it: look at each change\n", s.File)
	}
}
