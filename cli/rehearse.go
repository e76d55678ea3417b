package cli

import (
	"context"

	"authsync/remote/rehearse"
	"authsync/sync"
)

// rehearsed plans as another planner does, and rehearses each plan.
func rehearsed(one planner) planner {
	return func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
		site, env, err := one(ctx, site)
		if err == nil {
			env.Rehearsal = rehearse.Plan(ctx, site, env, rehearse.Deep)
		}
		return site, env, err
	}
}

// warned is rehearsed for a run that does not ask for it: only what ends otherwise is
// told.
func warned(one planner) planner {
	return func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
		site, env, err := one(ctx, site)
		if err != nil {
			return site, env, err
		}
		if depth := rehearse.Quick(env); depth > 0 {
			if found := rehearse.Plan(ctx, site, env, depth); len(found.Divergences) > 0 {
				env.Rehearsal = found
			}
		}
		return site, env, nil
	}
}
