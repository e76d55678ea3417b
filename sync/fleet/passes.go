package fleet

import (
	"cmp"
	"context"
	"fmt"
	stdsync "sync"
	"time"

	"authsync/sync"
	"authsync/sync/planfile"
	"authsync/sync/state"
)

// Passes are the two passes of an apply. The first plans all environments, and keeps of
// each what is told of its plan. After the approval the second takes those that have
// something to do, a few at a time: it claims the environment, plans it again, refuses
// it if that is another plan, applies it, and lets it go. The first few are not planned
// again: they are held whole from the first pass.
type Passes struct {
	*Run
	// Planned is the plan that the first pass made.
	Planned *sync.Plan
	// Interrupted are the runs before this one that did not end, by number.
	Interrupted []*state.Interrupted

	claims  *Claims
	again   Planner
	key     planfile.RunKey
	held    []*whole               // by number; nil = let go
	fingers []planfile.Fingerprint // of plans that were let go
	due     []bool                 // those let go that have something to do or to record
	batches []batch                // in which they are applied
	barred  []error                // why an environment is not applied in this run

	mu      stdsync.Mutex
	stopped error // why no environment is begun any more
}

// whole is the plan of an environment with all that applying it needs.
type whole struct {
	site *sync.Site
	plan *sync.EnvironmentPlan
}

// FirstPass plans the environments of a run, which are claimed, by the planner first; in
// the second pass again plans them. Nothing is written.
func FirstPass(ctx context.Context, run *Run, claims *Claims, first, again Planner) (*Passes, error) {
	n := len(run.Outlines)
	p := &Passes{Run: run, claims: claims, again: again, key: planfile.NewRunKey(), held: make([]*whole, n),
		fingers: make([]planfile.Fingerprint, n), due: make([]bool, n), barred: make([]error, n), Interrupted: make([]*state.Interrupted, n)}
	var err error
	p.Planned, err = run.Plan(ctx, first, func(i int, site *sync.Site, env *sync.EnvironmentPlan) (err error) {
		if p.Interrupted[i], err = site.Interrupted(); err != nil {
			return fmt.Errorf("%s: %w", env.Name, err)
		}
		if i < p.Most {
			p.held[i] = &whole{site, env}
			return nil
		}
		p.fingers[i] = p.key.Fingerprint(site, env)
		p.due[i] = len(env.Steps) > 0 || p.Interrupted[i] != nil || sync.Adopts(site, env)
		env.LetGo()
		return nil
	})
	return p, err
}

// turn calls do with the whole plan of an environment that has something to do, and
// lets it go after that. Without an error in between, the plan is the one of the first
// pass.
func (p *Passes) turn(ctx context.Context, i int, do func(*whole)) error {
	o := p.Outlines[i]
	defer p.claims.release(o)
	if err := p.claims.begin(o); err != nil {
		return err
	}
	held := p.held[i]
	if p.held[i] = nil; held == nil {
		var err error
		if held, err = p.secondPlan(ctx, i); err != nil {
			return err
		}
	}
	do(held)
	held.plan.LetGo()
	return nil
}

// isDue reports whether an environment takes part in the second pass.
func (p *Passes) isDue(i int) bool { return p.held[i] != nil || p.due[i] }

// secondPlan plans an environment for the second time, and refuses another plan than the
// first one: that was shown and approved.
func (p *Passes) secondPlan(ctx context.Context, i int) (*whole, error) {
	site, err := p.Site(i)
	if err != nil {
		return nil, err
	}
	site, env, err := p.again(ctx, site)
	if err != nil {
		return nil, err
	}
	was := p.Planned.Environments[i]
	if len(env.Errors) > len(was.Errors) {
		return nil, sync.At(env.Name, env.Errors...)
	}
	if p.key.Fingerprint(site, env) != p.fingers[i] {
		return nil, &RefusedError{fmt.Errorf("%s: refused: since its plan was made, %s; nothing was written there; plan again", env.Name, planfile.Differing(was, env))}
	}
	return &whole{site, env}, nil
}

// stop keeps the environments that have not begun from beginning: an apply refuses as a
// whole.
func (p *Passes) stop(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped == nil {
		p.stopped = why
	}
}

func (p *Passes) whyStopped() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// Calls returns the environments with calls to make, and their number.
func (p *Passes) Calls() (names []string, calls int) {
	for i, env := range p.Planned.Environments {
		held, _ := env.HeldBack()
		if n := len(env.Steps) - held; n > 0 && p.barred[i] == nil {
			names = append(names, env.Name)
			calls += n
		}
	}
	return names, calls
}

// Telling is how an apply tells what it does.
type Telling struct {
	// Step is told of each step, from several goroutines at once.
	Step func(sync.Event)
	// Soaks is told that a wave, counted from 1, has ended, and when the next one begins if
	// nothing moves until then.
	Soaks func(wave, of int, until time.Time)
	// Pace is the clock of waves; nil = the wall clock.
	Pace Pace
}

// Apply applies the environments that have something to do, wave by wave.
func (p *Passes) Apply(ctx context.Context, t Telling) []*sync.Report {
	if t.Pace == nil {
		t.Pace = wallTime{}
	}
	w := waves{Passes: p, Telling: t, reports: make([]*sync.Report, len(p.Outlines))}
	for n := range p.batches {
		w.apply(ctx, n)
	}
	return w.reports
}

// applyOne applies an environment, if it has something to do and may begin.
func (p *Passes) applyOne(ctx context.Context, i int, step func(sync.Event)) *sync.Report {
	env, report := p.Planned.Environments[i], p.untouched(i, p.whyStopped())
	if report != nil {
		return report
	}
	if err := p.turn(ctx, i, func(held *whole) { report = sync.Apply(ctx, held.site, held.plan, step) }); err != nil {
		report = sync.Untouched(env, err)
		if p.Planned.Rollout == nil {
			p.stop(fmt.Errorf("not begun, since %s could not be applied as it was planned", env.Name))
		}
	}
	report.LetGo()
	return report
}

// untouched is the report of an environment that is barred, has nothing to do, or is not
// begun for a reason; nil = it may begin.
func (p *Passes) untouched(i int, why error) *sync.Report {
	env := p.Planned.Environments[i]
	switch why = cmp.Or(p.barred[i], why); {
	case p.barred[i] == nil && !p.isDue(i):
		return &sync.Report{Name: env.Name, Errors: env.Errors}
	case why != nil:
		return sync.Untouched(env, why)
	}
	return nil
}

// Adopt records the objects that are as wanted though nothing is written, and resolves
// the calls that the runs before left pending: those are returned by number.
func (p *Passes) Adopt(ctx context.Context) (resolved [][]sync.Resolution, errs []error) {
	resolved = make([][]sync.Resolution, len(p.Outlines))
	errs = Turns(len(resolved), p.Most, func(i int) (failed error) {
		if !p.isDue(i) {
			return nil
		}
		err := p.turn(ctx, i, func(held *whole) { resolved[i], failed = held.adopt() })
		return cmp.Or(err, failed)
	})
	return resolved, errs
}

func (h *whole) adopt() ([]sync.Resolution, error) {
	if err := sync.Adopt(h.site, h.plan); err != nil {
		return nil, fmt.Errorf("%s: the lock could not be written: %w", h.plan.Name, err)
	}
	resolutions, err := sync.Settle(h.site, h.plan)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", h.plan.Name, err)
	}
	return resolutions, nil
}
