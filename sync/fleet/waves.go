package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"time"

	"github.com/hashicorp/go-multierror"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// batch are environments that are applied at once, by number.
type batch struct {
	wave    *schema.Wave // nil = there is no rollout
	most    int          // under way at once
	members []int
}

// Order puts the environments of a run into batches. Without a rollout there is one.
// With it, those that refuses has a reason for, and the waves after them, are barred; if
// nothing is left to apply, that is the error.
func (p *Passes) Order(refuses func(*sync.EnvironmentPlan) error) error {
	rollout := p.Planned.Rollout
	if rollout == nil {
		all := batch{most: p.Most}
		for i := range p.Outlines {
			all.members = append(all.members, i)
		}
		p.batches = []batch{all}
		return nil
	}
	p.inBatches(rollout)
	return p.bar(refuses)
}

func (p *Passes) inBatches(rollout *schema.Rollout) {
	for _, w := range rollout.Waves {
		s := batch{wave: w, most: p.Most}
		if w.Parallel > 0 {
			s.most = min(s.most, w.Parallel)
		}
		for i, o := range p.Outlines {
			if slices.Contains(w.Environments, o.Name) {
				s.members = append(s.members, i)
			}
		}
		p.batches = append(p.batches, s)
	}
}

// bar keeps from being applied what is refused, and the waves after it.
func (p *Passes) bar(refuses func(*sync.EnvironmentPlan) error) error {
	var refused *multierror.Error
	stopped := 0 // the number of the wave with something refused; 0 = none
	for n, s := range p.batches {
		for _, i := range s.members {
			env := p.Planned.Environments[i]
			switch why := refuses(env); {
			case why != nil && stopped == 0:
				p.barred[i], refused = &RefusedError{why}, multierror.Append(refused, sync.At(env.Name, why))
			case stopped > 0 && (why != nil || p.isDue(i)): // what has nothing to do has it in its wave too
				p.barred[i] = p.notBegun(stopped)
			}
		}
		if refused != nil && stopped == 0 {
			stopped = n + 1
		}
	}
	if _, calls := p.Calls(); calls > 0 || refused == nil {
		return nil
	}
	return &RefusedError{multierror.Append(refused, errors.New("nothing was written"))}
}

func (p *Passes) notBegun(wave int) error {
	return fmt.Errorf("not begun, since wave %d of %d did not end as wanted", wave, len(p.batches))
}

// waves applies the batches of a run one after the other.
type waves struct {
	*Passes
	Telling
	reports []*sync.Report
	halted  error // why no further wave begins
}

// apply applies a batch, after the time that those before are given to show faults: the
// last of them may have had nothing to do.
func (w *waves) apply(ctx context.Context, n int) {
	s := w.batches[n]
	for before := 0; before < n && w.halted == nil && slices.ContainsFunc(s.members, w.begins); before++ {
		w.halted = w.soak(ctx, before)
	}
	if w.halted != nil {
		for _, i := range s.members {
			w.reports[i] = w.untouched(i, w.halted)
		}
		return
	}
	w.settings.Watcher.Begin(Applying, list.Each(s.members, func(i int) string { return w.Outlines[i].Name })...)
	defer w.settings.Watcher.End()
	tally := &tally{wave: s.wave, environments: len(s.members)}
	InTurn(len(s.members), s.most, func(at int) {
		i := s.members[at]
		defer w.settings.Watcher.Ended(w.Outlines[i].Name)
		w.reports[i] = w.applyOne(ctx, i, w.Step)
		if tally.ended(w.reports[i]) {
			w.stop(w.notBegun(n + 1))
		}
	})
	if s.wave != nil && !tally.asWanted() {
		w.halted = w.notBegun(n + 1)
	}
}

// begins reports whether an environment is applied once its wave begins.
func (w *waves) begins(i int) bool { return w.barred[i] == nil && w.isDue(i) }

// tally counts how the environments of a wave end.
type tally struct {
	wave         *schema.Wave // nil = there is no rollout
	environments int

	mu              stdsync.Mutex
	failed, refused int
	partly          bool
}

// ended counts an environment, and reports whether no other one of the wave may begin.
// One that is refused does not stop the others of its wave.
func (t *tally) ended(r *sync.Report) (stop bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fine := r.Complete() && !slices.ContainsFunc(r.ReadBack, func(b sync.ReadBack) bool { return !b.Status.Fine() })
	switch {
	case fine:
	case r.Wrote():
		t.partly = true
	case WasRefused(r):
		t.refused++
	default:
		t.failed++
	}
	return t.wave != nil && (t.partly || t.failed > t.wave.MaxFailures.Of(t.environments))
}

// asWanted reports whether the next wave may begin.
func (t *tally) asWanted() bool {
	return !t.partly && t.refused == 0 && t.failed <= t.wave.MaxFailures.Of(t.environments)
}

// Pace tells the time, and waits.
type Pace interface {
	Now() time.Time
	// Wait returns at once with an error if ctx ends.
	Wait(ctx context.Context, d time.Duration) error
}

type wallTime struct{}

func (wallTime) Now() time.Time { return time.Now() }

func (wallTime) Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// soak waits until a wave was applied for as long as its rollout says, by its locks, so
// that a run that goes on waits for the rest. Then the wave is looked at again: if
// anything moved, the next wave does not begin.
func (w *waves) soak(ctx context.Context, n int) error {
	s := w.batches[n]
	if s.wave == nil || s.wave.Soak == 0 {
		return nil
	}
	applied, err := w.latest(s)
	if err != nil {
		return err
	}
	until := applied.Add(time.Duration(s.wave.Soak) * time.Second)
	rest := until.Sub(w.Pace.Now())
	if applied.IsZero() || rest <= 0 {
		return nil
	}
	w.Soaks(n+1, len(w.batches), until)
	if err := w.Pace.Wait(ctx, rest); err != nil {
		return fmt.Errorf("not begun, since the run was interrupted while wave %d of %d soaked: %w", n+1, len(w.batches), err)
	}
	if moved := w.moved(ctx, s); moved != nil {
		return fmt.Errorf("not begun, since wave %d of %d did not stay as it was applied: %w", n+1, len(w.batches), moved)
	}
	return nil
}

// latest returns when something of a batch was last applied, by the locks.
func (w *waves) latest(s batch) (latest time.Time, err error) {
	for _, i := range s.members {
		site, err := w.connect(i)
		if err != nil {
			return latest, err
		}
		if at := site.Lock.Latest(); at.After(latest) {
			latest = at
		}
	}
	return latest, nil
}

// moved says what has moved in the environments of a batch since they were applied.
func (w *waves) moved(ctx context.Context, s batch) error {
	return errors.Join(Turns(len(s.members), s.most, func(at int) error {
		site, err := w.connect(s.members[at])
		if err != nil {
			return err
		}
		d := w.drift(ctx, site)
		switch {
		case len(d.Errors) > 0:
			return fmt.Errorf("%s: %w", d.Name, d.Errors[0])
		case len(d.Moves) > 0:
			return fmt.Errorf("%s: %s", d.Name, list.Join(d.Moves, ", ", func(m sync.Move) string { return fmt.Sprintf("%s %s", m.Key, m.What) }))
		}
		return nil
	})...)
}

// WasRefused reports whether a step or the whole apply of an environment was refused.
func WasRefused(r *sync.Report) bool {
	return r.Count(sync.Refused) > 0 || slices.ContainsFunc(r.Errors, func(err error) bool {
		_, refused := errors.AsType[*RefusedError](err)
		return refused
	})
}
