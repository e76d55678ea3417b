package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	stdsync "sync"
	"time"

	"github.com/hashicorp/go-multierror"

	"authsync/cli/progress"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// rolloutOf is what orders a run over environments; nil = nothing does.
func rolloutOf(outlines []*schema.Outline) *schema.Rollout {
	if len(outlines) == 0 {
		return nil
	}
	return outlines[0].Rollout.Of(outlineNames(outlines))
}

// inWave returns the environments of a wave; 0 = all.
func inWave(outlines []*schema.Outline, wave int) ([]*schema.Outline, error) {
	if wave == 0 || len(outlines) == 0 {
		return outlines, nil
	}
	rollout := outlines[0].Rollout
	switch {
	case rollout == nil:
		return nil, fmt.Errorf("--wave %d: there is no Rollout", wave)
	case wave > len(rollout.Waves):
		return nil, fmt.Errorf("--wave %d: %s has %s", wave, rollout.File, render.Count(len(rollout.Waves), "wave", "waves"))
	}
	return list.Only(outlines, func(o *schema.Outline) bool { return rollout.WaveOf(o.Name) == wave }), nil
}

// batch are environments that are applied at once, by number.
type batch struct {
	wave    *schema.Wave // nil = there is no rollout
	most    int          // under way at once
	members []int
}

// order puts the environments of a run into batches. Without a rollout there is one.
// With it, what is refused, and the waves after it, are barred; if nothing is left to
// apply, that is the error.
func (p *passes) order(o applyOptions) error {
	p.pace = o.pace
	rollout := p.plan.Rollout
	if rollout == nil {
		all := batch{most: p.most}
		for i := range p.outlines {
			all.members = append(all.members, i)
		}
		p.batches = []batch{all}
		return nil
	}
	if len(rollout.Waves) > 1 && o.wave == 0 && !o.options.Shard.IsWhole() {
		return fmt.Errorf("%s orders this apply, and a shard does not know when a wave has ended in the others; name the wave with --wave N", rollout.File)
	}
	p.inBatches(rollout)
	return p.bar()
}

func (p *passes) inBatches(rollout *schema.Rollout) {
	for _, w := range rollout.Waves {
		s := batch{wave: w, most: p.most}
		if w.Parallel > 0 {
			s.most = min(s.most, w.Parallel)
		}
		for i, o := range p.outlines {
			if slices.Contains(w.Environments, o.Name) {
				s.members = append(s.members, i)
			}
		}
		p.batches = append(p.batches, s)
	}
}

// bar keeps from being applied what the plan refuses, and the waves after it.
func (p *passes) bar() error {
	var refused *multierror.Error
	stopped := 0 // the number of the wave with something refused; 0 = none
	for n, s := range p.batches {
		for _, i := range s.members {
			env := p.plan.Environments[i]
			switch why := refusalOf(env); {
			case stopped > 0 && stopped <= n:
				p.barred[i] = p.notBegun(stopped)
			case why != nil:
				p.barred[i], refused = &exit{CodeRefused, why}, multierror.Append(refused, sync.At(env.Name, why))
			}
			if !p.isDue(i) && p.barred[i] != nil && refusalOf(env) == nil {
				p.barred[i] = nil // it has nothing to do in its wave either
			}
		}
		if refused != nil && stopped == 0 {
			stopped = n + 1
		}
	}
	if _, calls := p.calls(); calls > 0 || refused == nil {
		return nil
	}
	return &exit{CodeRefused, multierror.Append(refused, errors.New("nothing was written"))}
}

func (p *passes) notBegun(wave int) error {
	return fmt.Errorf("not begun, since wave %d of %d did not end as wanted", wave, len(p.batches))
}

// refusalOf says why the plan of one environment must not be applied; nil = it may.
func refusalOf(env *sync.EnvironmentPlan) error {
	texts := append(list.Each(env.Refusals, func(r sync.Refusal) string { return r.Subject() + ": " + r.Text }), list.Each(env.Shut(), func(g sync.Gate) string {
		return fmt.Sprintf("%s; allow it with --allow %s", render.Gate(g, render.Palette{}), g.Allow)
	})...)
	if len(texts) == 0 {
		return nil
	}
	return fmt.Errorf("refused: %s", strings.Join(texts, "; "))
}

// waves applies the batches of a run one after the other.
type waves struct {
	*passes
	reports []*sync.Report
	step    func(sync.Event)
	said    io.Writer
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
	w.progress.Begin(progress.Applying, list.Each(s.members, func(i int) string { return w.outlines[i].Name })...)
	defer w.progress.End()
	tally := &tally{wave: s.wave, environments: len(s.members)}
	inTurn(len(s.members), s.most, func(at int) {
		i := s.members[at]
		defer w.progress.Ended(w.outlines[i].Name)
		w.reports[i] = w.applyOne(ctx, i, w.step)
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
	case wasRefused(r):
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

// pacer tells the time, and waits.
type pacer interface {
	now() time.Time
	// wait returns at once with an error if ctx ends.
	wait(ctx context.Context, d time.Duration) error
}

type wallTime struct{}

func (wallTime) now() time.Time { return time.Now() }

func (wallTime) wait(ctx context.Context, d time.Duration) error {
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
	rest := until.Sub(w.pace.now())
	if applied.IsZero() || rest <= 0 {
		return nil
	}
	say.Fprintf(w.said, "wave %d of %d has ended; the next one begins at %s, if nothing moves until then\n", n+1, len(w.batches), until.UTC().Format(time.RFC3339))
	if err := w.pace.wait(ctx, rest); err != nil {
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
	return errors.Join(turns(len(s.members), s.most, func(at int) error {
		site, err := w.connect(s.members[at])
		if err != nil {
			return err
		}
		d := sync.Drift(site, sync.ReadDrift(ctx, site, w.options), w.options)
		d.LetGo()
		switch {
		case len(d.Errors) > 0:
			return fmt.Errorf("%s: %w", d.Name, d.Errors[0])
		case len(d.Moves) > 0:
			return fmt.Errorf("%s: %s", d.Name, list.Join(d.Moves, ", ", func(m sync.Move) string { return fmt.Sprintf("%s %s", m.Key, m.What) }))
		}
		return nil
	})...)
}
