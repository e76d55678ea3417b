package sync

import (
	"errors"
	"slices"
)

// Outcome is what became of a step.
type Outcome string

const (
	// Done steps were answered with success.
	Done Outcome = "done"
	// Settled steps got no answer; a read showed that the work was done.
	Settled Outcome = "settled by reading"
	// Failed steps did not do their work.
	Failed Outcome = "failed"
	// Refused steps were not made, since somebody else has written to what they
	// rest on; see [MovedError].
	Refused Outcome = "refused"
	// Skipped steps were not tried.
	Skipped Outcome = "skipped"
)

// StepResult is a step and what became of it.
type StepResult struct {
	Step    Step
	Outcome Outcome
	Err     error // of a failed step; of a skipped one, why
}

// Report is what an apply did to one environment.
type Report struct {
	Name     string
	Steps    []StepResult // in order
	ReadBack []ReadBack
	// Duplicates are what other runs made at the same time, and will take back.
	// Others are among the errors.
	Duplicates []*Duplicate
	// Settled are the calls that the run before left open.
	Settled []Resolution
	// Errors are failures outside of steps: reads, the lock, the journal.
	Errors []error
}

// note keeps the last read of each object.
func (r *Report) note(back ReadBack) {
	for i, earlier := range r.ReadBack {
		if earlier.Key == back.Key {
			r.ReadBack[i] = back
			return
		}
	}
	r.ReadBack = append(r.ReadBack, back)
}

// failed adds a failure outside of steps, if there is one.
func (r *Report) failed(err error) {
	if err != nil {
		r.Errors = append(r.Errors, err)
	}
}

// Started reports whether the run came to its steps: each has an outcome, or why
// it was skipped.
func (r *Report) Started() bool {
	return slices.ContainsFunc(r.Steps, func(s StepResult) bool { return s.Outcome != Skipped || s.Err != nil })
}

// Count returns how many steps had an outcome.
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

// Complete reports whether everything was done and nothing failed.
func (r *Report) Complete() bool {
	return r.Count(Failed) == 0 && r.Count(Refused) == 0 && r.Count(Skipped) == 0 && len(r.Errors) == 0
}

// Event tells the caller how an apply goes on.
type Event struct {
	Env    string
	Steps  int // of the environment
	Result *StepResult
	Step   *Step // whose call is about to be made, while Result is nil
}
