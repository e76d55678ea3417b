package fleet

import (
	"context"
	"runtime"

	"github.com/hashicorp/go-multierror"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// Run is a run over environments. A few at a time are under way: each is read from its
// manifest and connected at its turn, and let go after it, so that neither memory nor
// open files grow with their number.
type Run struct {
	Outlines []*schema.Outline
	Most     int // under way at once
	settings Settings
	// ready are the first ones, connected before anything is read: a run of a few finds
	// out at once what is wrong with any of them.
	ready []*sync.Site
}

// Settings say how the environments of a run are reached and planned.
type Settings struct {
	// Connect makes no call.
	Connect func(*schema.Environment) (*sync.Site, error)
	Options sync.Options
	Watcher Watcher
}

// Watcher is told how a run goes on, by several goroutines at once.
type Watcher interface {
	// Begin begins a stage, which lasts until End.
	Begin(stage Stage, environments ...string)
	// Ended tells that an environment has come to the end of the stage.
	Ended(environment string)
	End()
}

// Stage is a part of a run.
type Stage string

const (
	Reading  Stage = "reading"
	Applying Stage = "applying"
)

// NewRun prepares a run over environments. It makes no call.
func NewRun(outlines []*schema.Outline, most int, s Settings) (run *Run, err error) {
	run = &Run{Outlines: outlines, Most: most, settings: s}
	run.ready, err = Sites(min(most, len(outlines)), run.connect)
	return run, err
}

// Sites makes n sites, as many at once as there are processors: a lock takes a while to
// be parsed.
func Sites(n int, connect func(i int) (*sync.Site, error)) ([]*sync.Site, error) {
	sites, errs := make([]*sync.Site, n), make([]error, n)
	InTurn(n, runtime.GOMAXPROCS(0), func(i int) { sites[i], errs[i] = connect(i) })
	return sites, multierror.Append(nil, errs...).ErrorOrNil()
}

func (r *Run) connect(i int) (*sync.Site, error) {
	env, err := r.Outlines[i].Environment()
	if err != nil {
		return nil, Refusing[*schema.ChangedError](err)
	}
	return r.settings.Connect(env)
}

// Look connects an environment before its turn.
func (r *Run) Look(i int) (*sync.Site, error) {
	if i < len(r.ready) && r.ready[i] != nil {
		return r.ready[i], nil
	}
	return r.connect(i)
}

// Site connects an environment at its turn.
func (r *Run) Site(i int) (*sync.Site, error) {
	site, err := r.Look(i)
	if i < len(r.ready) {
		r.ready[i] = nil
	}
	return site, err
}

// Planner makes the plan of one environment, and returns the site for which it is.
type Planner func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error)

// Plan plans the environments. Took is called at the turn of each, from several
// goroutines at once, with what it may take from the site and from the whole plan,
// which both are let go after it.
func (r *Run) Plan(ctx context.Context, one Planner, took func(i int, site *sync.Site, env *sync.EnvironmentPlan) error) (*sync.Plan, error) {
	r.settings.Watcher.Begin(Reading, names(r.Outlines)...)
	defer r.settings.Watcher.End()
	plan := &sync.Plan{Part: sync.Part{Shard: r.settings.Options.Shard}, Rollout: RolloutOf(r.Outlines), Environments: make([]*sync.EnvironmentPlan, len(r.Outlines))}
	errs := Turns(len(r.Outlines), r.Most, func(i int) error {
		defer r.settings.Watcher.Ended(r.Outlines[i].Name)
		site, err := r.Site(i)
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

// RolloutOf is what orders a run over environments; nil = nothing does.
func RolloutOf(outlines []*schema.Outline) *schema.Rollout {
	if len(outlines) == 0 {
		return nil
	}
	return outlines[0].Rollout.Of(names(outlines))
}

func names(outlines []*schema.Outline) []string {
	return list.Each(outlines, func(o *schema.Outline) string { return o.Name })
}

// Drift reads the environments and compares each with its lock. Took is called at the
// turn of each, from several goroutines at once.
func (r *Run) Drift(ctx context.Context, took func(i int, d *sync.Drifted) error) ([]*sync.Drifted, error) {
	all := make([]*sync.Drifted, len(r.Outlines))
	errs := Turns(len(all), r.Most, func(i int) error {
		site, err := r.Site(i)
		if err != nil {
			return err
		}
		all[i] = r.drift(ctx, site)
		return took(i, all[i])
	})
	return all, multierror.Append(nil, errs...).ErrorOrNil()
}

func (r *Run) drift(ctx context.Context, site *sync.Site) *sync.Drifted {
	d := sync.Drift(site, sync.ReadDrift(ctx, site, r.settings.Options), r.settings.Options)
	d.LetGo()
	return d
}
