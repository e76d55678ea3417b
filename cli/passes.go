package cli

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	stdsync "sync"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/sync"
	"authsync/sync/planfile"
	"authsync/sync/state"
)

// passes are the two passes of an apply. The first plans all environments, and keeps of
// each what is told of its plan. After the approval the second takes those that have
// something to do, a few at a time: it claims the environment, plans it again, refuses
// it if that is another plan, applies it, and lets it go. The first few are not planned
// again: they are held whole from the first pass.
type passes struct {
	*fleet
	claims *claims
	one    planner
	key    planfile.RunKey
	plan   *sync.Plan

	held        []*whole               // by number; nil = let go
	fingers     []planfile.Fingerprint // of plans that were let go
	due         []bool                 // those let go that have something to do or to record
	interrupted []*state.Interrupted   // runs before this one
	batches     []batch                // in which they are applied
	barred      []error                // why an environment is not applied in this run
	pace        pacer

	mu      stdsync.Mutex
	stopped error // why no environment is begun any more
}

// whole is the plan of an environment with all that applying it needs.
type whole struct {
	site *sync.Site
	plan *sync.EnvironmentPlan
}

func (h *whole) adopt(said io.Writer) error {
	if err := sync.Adopt(h.site, h.plan); err != nil {
		return fmt.Errorf("%s: the lock could not be written: %w", h.plan.Name, err)
	}
	resolutions, err := sync.Settle(h.site, h.plan)
	if err != nil {
		return fmt.Errorf("%s: %w", h.plan.Name, err)
	}
	if len(resolutions) > 0 {
		say.Fprintf(said, "\n%s:\n", h.plan.Name)
		render.Settled(said, resolutions)
	}
	return nil
}

// newPasses prepares an apply of environments that are claimed.
func newPasses(run *fleet, claims *claims, one planner) *passes {
	n := len(run.outlines)
	return &passes{fleet: run, claims: claims, one: one, key: planfile.NewRunKey(), held: make([]*whole, n),
		fingers: make([]planfile.Fingerprint, n), due: make([]bool, n), barred: make([]error, n), interrupted: make([]*state.Interrupted, n)}
}

// first plans the environments. Nothing is written.
func (p *passes) first(ctx context.Context) (err error) {
	p.plan, err = p.fleet.plan(ctx, warned(p.one), func(i int, site *sync.Site, env *sync.EnvironmentPlan) (err error) {
		if p.interrupted[i], err = site.Interrupted(); err != nil {
			return fmt.Errorf("%s: %w", env.Name, err)
		}
		if i < p.most {
			p.held[i] = &whole{site, env}
			return nil
		}
		p.fingers[i] = p.key.Fingerprint(site, env)
		p.due[i] = len(env.Steps) > 0 || p.interrupted[i] != nil || sync.Adopts(site, env)
		env.LetGo()
		return nil
	})
	return err
}

// turn calls do with the whole plan of an environment that has something to do, and
// lets it go after that. Without an error in between, the plan is the one of the first
// pass.
func (p *passes) turn(ctx context.Context, i int, do func(*whole)) error {
	o := p.outlines[i]
	defer p.claims.release(o)
	if err := p.claims.begin(o); err != nil {
		return err
	}
	held := p.held[i]
	if p.held[i] = nil; held == nil {
		var err error
		if held, err = p.again(ctx, i); err != nil {
			return err
		}
	}
	do(held)
	held.plan.LetGo()
	return nil
}

// isDue reports whether an environment takes part in the second pass.
func (p *passes) isDue(i int) bool { return p.held[i] != nil || p.due[i] }

// again plans an environment for the second time, and refuses another plan than the
// first one: that was shown and approved.
func (p *passes) again(ctx context.Context, i int) (*whole, error) {
	site, err := p.site(i)
	if err != nil {
		return nil, err
	}
	site, env, err := p.one(ctx, site)
	if err != nil {
		return nil, err
	}
	was := p.plan.Environments[i]
	if len(env.Errors) > len(was.Errors) {
		return nil, readErrors([]*sync.EnvironmentPlan{env})
	}
	if p.key.Fingerprint(site, env) != p.fingers[i] {
		return nil, &exit{CodeRefused, fmt.Errorf("%s: refused: since its plan was made, %s; nothing was written there; plan again", env.Name, planfile.Differing(was, env))}
	}
	return &whole{site, env}, nil
}

// stop keeps the environments that have not begun from beginning: an apply refuses as a
// whole.
func (p *passes) stop(why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped == nil {
		p.stopped = why
	}
}

func (p *passes) whyStopped() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// calls returns the environments with calls to make, and their number.
func (p *passes) calls() (names []string, calls int) {
	for i, env := range p.plan.Environments {
		held, _ := env.HeldBack()
		if n := len(env.Steps) - held; n > 0 && p.barred[i] == nil {
			names = append(names, env.Name)
			calls += n
		}
	}
	return names, calls
}

// applyAll applies the environments that have something to do, wave by wave.
func (p *passes) applyAll(ctx context.Context, step func(sync.Event), said io.Writer) []*sync.Report {
	reports := make([]*sync.Report, len(p.outlines))
	w := waves{passes: p, reports: reports, step: step, said: said}
	for n := range p.batches {
		w.apply(ctx, n)
	}
	return reports
}

// applyOne applies an environment, if it has something to do and may begin.
func (p *passes) applyOne(ctx context.Context, i int, step func(sync.Event)) *sync.Report {
	env, report := p.plan.Environments[i], p.untouched(i, p.whyStopped())
	if report != nil {
		return report
	}
	if err := p.turn(ctx, i, func(held *whole) { report = sync.Apply(ctx, held.site, held.plan, step) }); err != nil {
		report = sync.Untouched(env, err)
		if p.plan.Rollout == nil {
			p.stop(fmt.Errorf("not begun, since %s could not be applied as it was planned", env.Name))
		}
	}
	report.LetGo()
	return report
}

// untouched is the report of an environment that is barred, has nothing to do, or is not
// begun for a reason; nil = it may begin.
func (p *passes) untouched(i int, why error) *sync.Report {
	env := p.plan.Environments[i]
	switch why = cmp.Or(p.barred[i], why); {
	case p.barred[i] == nil && !p.isDue(i):
		return &sync.Report{Name: env.Name, Errors: env.Errors}
	case why != nil:
		return sync.Untouched(env, why)
	}
	return nil
}

// adopt records the objects that are as wanted though nothing is written, and resolves
// the calls that the runs before left pending.
func (p *passes) adopt(ctx context.Context, w io.Writer) []error {
	said := make([]bytes.Buffer, len(p.outlines))
	errs := turns(len(said), p.most, func(i int) (failed error) {
		if !p.isDue(i) {
			return nil
		}
		err := p.turn(ctx, i, func(held *whole) { failed = held.adopt(&said[i]) })
		return cmp.Or(err, failed)
	})
	for i := range said {
		_, _ = said[i].WriteTo(w) // what could not be written is told at the end
	}
	return errs
}
