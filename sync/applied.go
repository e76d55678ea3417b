package sync

// Applied is what a run did to its environments.
type Applied struct {
	Plan *Plan // nil = the run did not come to one
	// Reports are those of the plan's environments, in order; none = no call was
	// begun.
	Reports []*Report
	// Err is what the run says at its end; nil = everything is as wanted.
	Err error
}

// Ending is how an environment stands after an apply; it is part of the JSON
// format.
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

// NotStarted is the outcome of a step of a run that did not come to its steps.
const NotStarted Outcome = "not begun"

// Report is what was done to an environment of the plan; one of steps that were
// not begun where nothing was.
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

// Ending is how an environment of the plan stands.
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
