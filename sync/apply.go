package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"time"

	"golang.org/x/sync/errgroup"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/sync/state"
)

// Apply makes the calls of one environment's plan, in order, and reads back what they
// wrote. A step is skipped when a step that it depends on failed; the others go on.
// Cancelling ctx lets the calls in flight end and skips the rest.
func Apply(ctx context.Context, site *Site, plan *EnvironmentPlan, progress func(Event)) *Report {
	a := newApplier(site, plan, progress)
	report := &Report{Name: plan.Name, Errors: append([]error(nil), plan.Errors...)}
	err := errors.Join(unrefused(plan), shut(plan))
	if err == nil {
		err = a.openable(ctx)
	}
	if err == nil {
		err = a.writable()
	}
	var run state.Number
	if err == nil {
		run, err = site.State.Next()
	}
	if err == nil {
		err = a.keepSnapshot(run, time.Now())
	}
	if err == nil {
		a.journal, report.Settled, err = openJournal(site, plan, run)
	}
	if err == nil && a.journal.Journal != nil {
		site.Lock.NoteIn(a.journal)
		defer site.Lock.NoteIn(nil)
	}
	if err != nil {
		report.Errors = append(report.Errors, err)
		report.Steps = a.results
		report.failed(a.settleSnapshot(run, report))
		return report
	}
	for _, phase := range []Phase{Give, Take} {
		a.run(ctx, phase)
		back, errs := a.readBack(ctx, phase)
		a.saw(back, errs)
		report.note(back)
		for _, b := range back {
			a.journal.readBack(b)
		}
		report.Errors = append(report.Errors, errs...)
	}
	if len(report.Errors) == 0 && a.unseen == nil && !slices.ContainsFunc(a.results, StepResult.unsuccessful) {
		site.Lock.TrustRecipients(plan.Seals.Unknown)
	}
	if err := errors.Join(adopt(site, plan, a.undeleted()), site.Lock.Save()); err != nil {
		report.Errors = append(report.Errors, fmt.Errorf("the lock could not be written: %w", err))
	}
	report.Steps, report.Duplicates, report.Driven = append(a.results, a.extra...), a.duplicates, a.driven
	report.failed(a.unsaved)
	report.failed(a.settleSnapshot(run, report))
	report.failed(a.journal.finish(report))
	return report
}

// unrefused returns an error if the plan holds a refusal. It is the last check,
// whoever calls.
func unrefused(plan *EnvironmentPlan) error {
	for _, r := range plan.Refusals {
		return fmt.Errorf("refused: %s: %s", r.Subject(), r.Text)
	}
	return nil
}

type applier struct {
	site     *Site
	plan     *EnvironmentPlan
	progress func(Event)
	journal  journal

	changes  map[schema.Key]diff.Change
	steps    map[schema.Key][]int         // step numbers by object
	untoldOf map[schema.Key][]schema.Path // fields that were not compared

	mu      stdsync.Mutex
	results []StepResult        // by step number - 1
	extra   []StepResult        // of calls that are not in the plan
	made    map[int]string      // ids of created objects, by step number
	lied    map[string]bool     // kinds with an object that changed and kept its stamp
	answers map[schema.Key]Made // to the last write of each object, if it was answered
	// duplicates that are no fault of this run
	duplicates []*Duplicate
	// driven are losses that the gate for deletions named
	driven  []*Lost
	missing *StepResult          // a Give step that did not succeed
	unseen  error                // why it is not known that the given objects exist
	found   map[schema.Key]error // why an object must not be created
	unsaved error                // why the lock could not be written after a level
}

func newApplier(site *Site, plan *EnvironmentPlan, progress func(Event)) *applier {
	a := &applier{
		site: site, plan: plan, progress: progress,
		changes: map[schema.Key]diff.Change{}, steps: map[schema.Key][]int{},
		results: make([]StepResult, len(plan.Steps)),
		found:   map[schema.Key]error{}, made: map[int]string{}, answers: map[schema.Key]Made{}, lied: map[string]bool{}, untoldOf: plan.untold(),
	}
	for i, s := range plan.Steps {
		a.results[i] = StepResult{Step: s, Outcome: Skipped}
		a.steps[s.Key] = append(a.steps[s.Key], s.Number)
	}
	for _, c := range plan.Changes {
		a.changes[c.Key] = c
	}
	return a
}

// ended records, at the end of a level, whether all its Give steps succeeded. A
// creation whose predecessor is deleted first counts as one.
func (a *applier) ended(steps []Step) {
	for _, s := range steps {
		if r := &a.results[s.Number-1]; a.missing == nil && (s.Phase == Give || s.Op == OpCreate) && r.unsuccessful() {
			a.missing = r
		}
	}
}

// saw records an object that the read-back did not show; then no Take step is made. An
// object that the service altered still counts as present.
func (a *applier) saw(backs []ReadBack, errs []error) {
	for _, back := range backs {
		if back.Status == NotVisibleYet {
			a.unseen = fmt.Errorf("%s is %s", back.Key, back.Status)
		}
	}
	if len(errs) > 0 {
		a.unseen = errs[0]
	}
}

// openable checks before the first call that every secret can be opened, so that a
// missing key does not stop the run half way.
func (a *applier) openable(ctx context.Context) error {
	for _, s := range a.plan.Steps {
		var err error
		schema.WalkSecrets(s.Call.Body, func(v secrets.Value) {
			if err == nil {
				_, err = a.site.Keys.Open(v)
			}
		})
		if p, ok := a.site.Services[s.Key.Kind].(Preparer); ok && err == nil {
			err = p.Prepare(ctx, s.Call, a.site.Keys.Open)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.Key, err)
		}
	}
	return nil
}

// run makes the steps of a phase, level by level.
func (a *applier) run(ctx context.Context, phase Phase) {
	for _, steps := range levels(a.plan.Steps, phase) {
		a.level(ctx, steps)
		a.ended(steps)
		if err := a.site.Lock.Save(); err != nil {
			a.unsaved = fmt.Errorf("stopped, since the lock could not be written: %w", err)
		}
	}
}

func levels(steps []Step, phase Phase) [][]Step {
	of := list.Only(steps, func(s Step) bool { return s.Phase == phase })
	return list.Groups(of, func(s Step) int { return s.Level })
}

// level makes the steps of one level. Kinds run at once, and so do the objects of a
// parallel kind; the steps of one object run in order.
func (a *applier) level(ctx context.Context, steps []Step) {
	a.recheckCreates(ctx, steps)
	var group errgroup.Group
	group.SetLimit(cmp.Or(a.site.Lanes, 30))
	for _, chain := range chains(steps) {
		group.Go(func() error {
			for _, s := range chain {
				a.step(ctx, s)
			}
			return nil
		})
	}
	group.Wait()
}

// chains groups steps that must run one after another.
func chains(steps []Step) [][]Step {
	return list.Groups(steps, func(s Step) schema.Key {
		if schema.KindNamed(s.Key.Kind).Update.Parallel == schema.Serial {
			return schema.Key{Kind: s.Key.Kind}
		}
		return s.Key
	})
}

func (a *applier) step(ctx context.Context, s Step) {
	result := StepResult{Step: s, Outcome: Skipped, Err: a.blocked(ctx, s)}
	if result.Err == nil {
		result.Outcome, result.Err = a.make(ctx, s)
	}
	a.mu.Lock()
	a.results[s.Number-1] = result
	a.mu.Unlock()
	a.journal.end(result)
	a.progress(Event{Env: a.plan.Name, Steps: len(a.plan.Steps), Step: &s, Result: &result})
}

// blocked returns why a step must not be made, or nil.
func (a *applier) blocked(ctx context.Context, s Step) error {
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("stopped: %w", err)
	}
	if err := a.journal.Broken(); err != nil {
		return fmt.Errorf("stopped: %w", err)
	}
	if a.unsaved != nil {
		return a.unsaved
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.withheld(); s.Phase == Take && err != nil {
		return err
	}
	for _, n := range s.After {
		if earlier := a.results[n-1]; earlier.unsuccessful() {
			return fmt.Errorf("step %d (%s %s) did not succeed", n, earlier.Step.Op, earlier.Step.Key)
		}
	}
	return nil
}

func (r StepResult) unsuccessful() bool {
	return r.Outcome == Failed || r.Outcome == Skipped || r.Outcome == Refused
}

// make makes the call and keeps what is known after it. Cancelling ctx does not cut
// off a call in flight; its own timeout ends it. A call whose effect is unknown is
// settled by reading and never repeated.
func (a *applier) make(ctx context.Context, s Step) (Outcome, error) {
	ctx = context.WithoutCancel(ctx)
	call := s.Call
	if s.Basis == Fresh {
		fresh, err := a.refresh(ctx, s)
		if err != nil {
			return Failed, err
		}
		call = fresh
	} else if err := a.unmoved(ctx, s); err != nil {
		var moved *MovedError
		switch {
		case errors.Is(err, errGone):
			if err := a.keep(s, Made{ID: s.ID}); err != nil {
				return Failed, err
			}
			return Settled, nil
		case errors.As(err, &moved):
			return Refused, errors.Join(err, a.distrust(s.Key))
		}
		return Failed, err
	}
	if err := a.journal.begin(s); err != nil {
		return Failed, err
	}
	if err := a.begin(s); err != nil {
		return Failed, err
	}
	defer a.release(s)
	a.progress(Event{Env: a.plan.Name, Steps: len(a.plan.Steps), Step: &s})
	outcome := Done
	made, err := a.site.Services[s.Key.Kind].Make(withSubject(ctx, s.Key), call, a.site.Keys.Open)
	a.answered(s.Key, made)
	if err != nil {
		if made, err = a.settle(ctx, s, err); err != nil {
			return Failed, a.conflict(ctx, s, err)
		}
		outcome = Settled
	}
	if err := a.keep(s, made); err != nil {
		return Failed, err
	}
	return outcome, nil
}

// refresh builds a step's body again from what is live now.
func (a *applier) refresh(ctx context.Context, s Step) (Call, error) {
	k := schema.KindNamed(s.Key.Kind)
	c := a.site.collection(k.Name)
	desired := c.Object(s.Key.Name)
	objects, err := readKind(ctx, a.site, k, Query{Wants: []Want{a.site.want(c, desired)}, Groups: c.Groups})
	if err != nil {
		return Call{}, err
	}
	live, ok := objects[s.Key.Name]
	if !ok {
		return Call{}, errors.New("is not there to be completed")
	}
	differing := list.Each(s.Fields, func(name string) schema.Path { return schema.Path{name} })
	fields, _ := a.site.leaveOut(k, update(k, live.Fields, desired.Fields, differing))
	if refusals := unsendable(k, s.Key, fields); len(refusals) > 0 {
		return Call{}, errors.New(refusals[0].Text)
	}
	t := Target{Name: s.Key.Name, ID: live.ID, Group: c.Group(s.Key.Name)}
	return a.site.Services[k.Name].Describe(s.Op, t, k.ToWire(fields))[0], nil
}
