package sync

// Applied is what a run did to its environments.
type Applied struct {
	Plan *Plan // nil = the run made none
	// Reports are the reports of the plan's environments, in order; none = no call was
	// started.
	Reports []*Report
	// Part says which part of a fleet they are.
	Part Part
	// Err is the error of the whole run; nil = everything is as wanted.
	Err error
	// ExitCode is the run's.
	ExitCode int
}

// Ending is the state of an environment after an apply; it is part of the JSON format.
type Ending string

const (
	// NothingToDo: there was no call to make.
	NothingToDo Ending = "nothing to do"
	// AllDone: every call was made, and nothing failed.
	AllDone Ending = "done"
	// PartlyDone: something was or may have been written, and not everything.
	PartlyDone Ending = "partly applied"
	// NothingWritten: no call did anything.
	NothingWritten Ending = "nothing written"
)

// NotStarted is the outcome of a step when the run never reached its steps.
const NotStarted Outcome = "not begun"

// Report returns the report of the plan's i-th environment; if nothing was done, one
// whose steps are [NotStarted].
func (a Applied) Report(i int) *Report {
	if a.Reports != nil {
		return a.Reports[i]
	}
	r := &Report{Name: a.Plan.Environments[i].Name}
	for _, s := range a.Plan.Environments[i].Steps {
		r.Steps = append(r.Steps, StepResult{Step: s, Outcome: NotStarted})
	}
	return r
}

// Ending returns the state of the plan's i-th environment.
func (a Applied) Ending(i int) Ending {
	r := a.Report(i)
	switch {
	case len(r.Steps) == 0 && len(r.Errors) == 0 && len(a.Plan.Environments[i].Errors) == 0:
		return NothingToDo
	case r.Complete() && a.Reports != nil:
		return AllDone
	case r.Wrote():
		return PartlyDone
	}
	return NothingWritten
}
