package cli

import (
	"context"

	"github.com/hashicorp/go-multierror"
	"golang.org/x/sync/errgroup"

	"authsync/cli/progress"
	"authsync/remote"
	"authsync/remote/rehearse"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// fleet are the environments of a run. A few at a time are under way: each is read from
// its manifest and connected at its turn, and let go after it, so that neither memory
// nor open files grow with their number.
type fleet struct {
	selection
	outlines []*schema.Outline
	config   remote.SiteConfig
	most     int // under way at once
	// ready are the first ones, connected before anything is read: a run of a few finds
	// out at once what is wrong with any of them.
	ready []*sync.Site
}

// fleetOf prepares a run over environments. It makes no call.
func (s selection) fleetOf(outlines []*schema.Outline, most int, allow []string) (*fleet, error) {
	var clear schema.Faults
	clear.Add(list.Flat(outlines, func(o *schema.Outline) []*schema.Fault { return o.Found })...)
	if err := clear.Err(); err != nil {
		return nil, err
	}
	config, err := s.configOf(outlines)
	if err != nil {
		return nil, err
	}
	config.Allow = append(config.Allow[:len(config.Allow):len(config.Allow)], allow...)
	config.ReadTime = readTime(len(outlines))
	f := &fleet{selection: s, outlines: outlines, config: config, most: most}
	f.ready, err = eachSite(min(most, len(outlines)), f.connect)
	return f, err
}

func (f *fleet) connect(i int) (*sync.Site, error) {
	env, err := f.outlines[i].Environment()
	if err != nil {
		return nil, refusing[*schema.ChangedError](err)
	}
	return f.siteOf(env, f.config)
}

// look connects an environment before its turn.
func (f *fleet) look(i int) (*sync.Site, error) {
	if i < len(f.ready) && f.ready[i] != nil {
		return f.ready[i], nil
	}
	return f.connect(i)
}

// site connects an environment at its turn.
func (f *fleet) site(i int) (*sync.Site, error) {
	site, err := f.look(i)
	if i < len(f.ready) {
		f.ready[i] = nil
	}
	return site, err
}

// planner makes the plan of one environment, and returns the site for which it is.
type planner func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error)

// planner plans as the options of a run say.
func (s selection) planner(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
	read := sync.Read(ctx, site, s.options)
	plan := sync.Build(site, read, s.options)
	site.KeepStamps(plan)
	return site, plan, nil
}

// plan plans the environments. Took is called at the turn of each, from several
// goroutines at once, with what it may take from the site and from the whole plan,
// which both are let go after it.
func (f *fleet) plan(ctx context.Context, one planner, took func(i int, site *sync.Site, env *sync.EnvironmentPlan) error) (*sync.Plan, error) {
	f.progress.Begin(progress.Reading, outlineNames(f.outlines)...)
	defer f.progress.End()
	plan := &sync.Plan{Part: f.part(), Rollout: rolloutOf(f.outlines), Environments: make([]*sync.EnvironmentPlan, len(f.outlines))}
	errs := turns(len(f.outlines), f.most, func(i int) error {
		defer f.progress.Ended(f.outlines[i].Name)
		site, err := f.site(i)
		if err != nil {
			return err
		}
		if site, plan.Environments[i], err = one(ctx, site); err != nil {
			return err
		}
		return took(i, site, plan.Environments[i])
	})
	return plan, multierror.Append(nil, errs...).ErrorOrNil()
}

func letGo(_ int, _ *sync.Site, env *sync.EnvironmentPlan) error {
	env.LetGo()
	return nil
}

// atOnce is how many environments a run works on at once with so many requests in
// flight. More would not be faster, since each would wait for the others, and what is
// known of each while it is under way takes memory.
func atOnce(requests int) int { return max(4, requests) }

// turns returns what one makes for 0 to n-1; see [inTurn].
func turns[T any](n, most int, one func(i int) T) []T {
	made := make([]T, n)
	inTurn(n, most, func(i int) { made[i] = one(i) })
	return made
}

// inTurn calls turn for 0 to n-1, in this order, with so many under way at once.
func inTurn(n, most int, turn func(i int)) {
	var group errgroup.Group
	group.SetLimit(most)
	for i := range n {
		group.Go(func() error {
			turn(i)
			return nil
		})
	}
	group.Wait()
}

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
