package cli

import (
	"context"

	"github.com/urfave/cli/v2"

	"authsync/remote"
	"authsync/remote/rehearse"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
)

// stateDirVariable says where runs leave what belongs to the machine, also to commands
// without the flag: a plan reads what an apply has left there.
const stateDirVariable = "AUTHSYNC_STATE_DIR"

func stateDirFlag() cli.Flag {
	return &cli.StringFlag{Name: "state-dir", EnvVars: []string{stateDirVariable},
		Usage: "keep journals in `DIR`, instead of in .authsync beside each manifest"}
}

type connectedRun struct {
	*fleet.Run
	config remote.SiteConfig
}

// run prepares a run over environments. It makes no call.
func (s selection) run(outlines []*schema.Outline, most int, allow []string) (run connectedRun, err error) {
	var clear schema.Faults
	clear.Add(list.Flat(outlines, func(o *schema.Outline) []*schema.Fault { return o.Found })...)
	if err := clear.Err(); err != nil {
		return run, err
	}
	if run.config, err = s.configOf(outlines); err != nil {
		return run, err
	}
	run.config.Allow = append(run.config.Allow[:len(run.config.Allow):len(run.config.Allow)], allow...)
	run.config.ReadTime = readTime(len(outlines))
	connect := func(env *schema.Environment) (*sync.Site, error) { return s.siteOf(env, run.config) }
	run.Run, err = fleet.NewRun(outlines, most, fleet.Settings{Connect: connect, Options: s.options, Watcher: s.progress})
	return run, err
}

// planner plans as the options of a run say.
func (s selection) planner(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
	read := sync.Read(ctx, site, s.options)
	plan := sync.Build(site, read, s.options)
	site.KeepStamps(plan)
	return site, plan, nil
}

func letGo(_ int, _ *sync.Site, env *sync.EnvironmentPlan) error {
	env.LetGo()
	return nil
}

// rehearsed plans as another planner does, and rehearses each plan.
func rehearsed(one fleet.Planner) fleet.Planner {
	return followed(one, func(ctx context.Context, site *sync.Site, env *sync.EnvironmentPlan) {
		env.Rehearsal = rehearse.Plan(ctx, site, env, rehearse.Deep)
	})
}

// warned is rehearsed for a run that does not ask for it: only what ends otherwise is
// told.
func warned(one fleet.Planner) fleet.Planner {
	return followed(one, func(ctx context.Context, site *sync.Site, env *sync.EnvironmentPlan) {
		if depth := rehearse.Quick(env); depth > 0 {
			if found := rehearse.Plan(ctx, site, env, depth); len(found.Divergences) > 0 {
				env.Rehearsal = found
			}
		}
	})
}

// followed plans as another planner does, and then does something with each plan.
func followed(one fleet.Planner, then func(context.Context, *sync.Site, *sync.EnvironmentPlan)) fleet.Planner {
	return func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
		site, env, err := one(ctx, site)
		if err == nil {
			then(ctx, site, env)
		}
		return site, env, err
	}
}
