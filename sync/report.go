package sync

import (
	"errors"
	"slices"

	"authsync/schema"
)

// Outcome is the result of a step.
type Outcome string

const (
	// Done steps got a successful answer.
	Done Outcome = "done"
	// Settled steps got no answer; a read showed that their work was done.
	Settled Outcome = "settled by reading"
	// Failed steps did not do their work.
	Failed Outcome = "failed"
	// Refused steps were not made, since somebody else has changed what they rest on;
	// see [MovedError].
	Refused Outcome = "refused"
	// Skipped steps were not tried.
	Skipped Outcome = "skipped"
)

type StepResult struct {
	Step    Step
	Outcome Outcome
	Err     error // why the step failed or was skipped
}

// Report is what an apply did to one environment.
type Report struct {
	Name     string
	Steps    []StepResult // in order
	ReadBack []ReadBack
	// Duplicates are objects of other runs, made at the same time, that those runs
	// will delete. Other duplicates are among the errors.
	Duplicates []*Duplicate
	// Driven are objects that the service deleted when others were made, as the gate for
	// deletions had said.
	Driven []*Lost
	// Settled are the resolutions of calls that the run before left pending.
	Settled []Resolution
	// Errors are failures outside of steps: reads, the lock, the journal.
	Errors []error
}

// note keeps the last read of each object.
func (r *Report) note(backs []ReadBack) {
	at := map[schema.Key]int{}
	for i, earlier := range r.ReadBack {
		at[earlier.Key] = i
	}
	for _, back := range backs {
		if i, again := at[back.Key]; again {
			r.ReadBack[i] = back
			continue
		}
		at[back.Key] = len(r.ReadBack)
		r.ReadBack = append(r.ReadBack, back)
	}
}

// failed adds a failure outside of steps; nil adds none.
func (r *Report) failed(err error) {
	if err != nil {
		r.Errors = append(r.Errors, err)
	}
}

// Started reports whether the run reached its steps: each has an outcome, or the
// reason why it was skipped.
func (r *Report) Started() bool {
	return slices.ContainsFunc(r.Steps, func(s StepResult) bool { return s.Outcome != Skipped || s.Err != nil })
}

// Count returns how many steps have an outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, s := range r.Steps {
		if s.Outcome == o {
			n++
		}
	}
	return n
}

// Wrote reports whether the service may have been changed.
func (r *Report) Wrote() bool {
	for _, s := range r.Steps {
		var u Uncertain
		if s.Outcome == Done || s.Outcome == Settled || s.Outcome == Failed && errors.As(s.Err, &u) && u.EffectUnknown() {
			return true
		}
	}
	return false
}

// Created reports whether the run made an object, or one that takes its place.
func (r *Report) Created(key schema.Key) bool {
	return slices.ContainsFunc(r.Steps, func(s StepResult) bool { return s.Step.Key == key && s.Step.Op == OpCreate && !s.unsuccessful() })
}

// Complete reports whether everything was done and nothing failed.
func (r *Report) Complete() bool {
	return r.Count(Failed) == 0 && r.Count(Refused) == 0 && r.Count(Skipped) == 0 && r.Count(NotStarted) == 0 && len(r.Errors) == 0
}

// Event tells the caller how an apply proceeds.
type Event struct {
	Env    string
	Steps  int // of the environment
	Result *StepResult
	Step   *Step // whose call is about to be made, while Result is nil
}
