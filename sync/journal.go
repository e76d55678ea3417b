package sync

import (
	"encoding/json"
	"os"
	"time"

	"authsync/schema"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// journal is the journal of a run. The zero value records nothing.
type journal struct{ *state.Journal }

// openJournal begins the journal of a run and resolves the pending calls of the run
// before. A run without anything to do or to resolve keeps no journal.
func openJournal(site *Site, plan *EnvironmentPlan, run state.Number) (journal, []Resolution, error) {
	if site.State.Nowhere() {
		return journal{}, nil, nil
	}
	interrupted, err := site.Interrupted()
	if err != nil || len(plan.Steps) == 0 && interrupted == nil {
		return journal{}, nil, err
	}
	resolutions := plan.resolve(interrupted)
	options, err := json.Marshal(plan.options)
	if err != nil {
		return journal{}, nil, err
	}
	systems, err := json.Marshal(site.Places)
	if err != nil {
		return journal{}, nil, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	first := []state.Line{{Run: &state.RunLine{
		Time: now, Version: site.Lock.Version(), Env: plan.Name, Manifest: plan.File, Systems: systems, PID: os.Getpid(),
		Steps: len(plan.Steps), Options: options, Back: plan.Back,
	}}}
	if digest := site.Lock.Digest(); digest != "" {
		first = append(first, state.Line{Lock: digest})
	}
	for _, r := range resolutions {
		first = append(first, state.Line{Settled: &state.SettledLine{Run: r.Run, Step: r.Step, Object: r.Object, Verdict: string(r.Verdict)}})
	}
	j, err := site.State.NewJournal(run, first...)
	return journal{j}, resolutions, err
}

// begin records that the call of a step is about to be made. If that fails, the call
// must not be made.
func (j journal) begin(s Step) error {
	j.Note(state.Line{Begin: s.Number, Object: s.Key.String(), Op: string(s.Op), Call: s.Call.String(), Fields: s.Fields})
	return j.Flush()
}

// end records the outcome of a step. It does not wait for the disk if the step was
// skipped.
func (j journal) end(r StepResult) {
	l := state.Line{End: r.Step.Number, Outcome: string(r.Outcome)}
	if r.Err != nil {
		l.Error = r.Err.Error()
	}
	j.Note(l)
	if r.Outcome != Skipped {
		_ = j.Flush() // the journal keeps the error, and the next call is not made
	}
}

// Changed implements [lock.Log].
func (j journal) Changed(object schema.Key, t lock.Trace) {
	text, err := json.Marshal(t)
	if err != nil {
		panic(err) // texts and times
	}
	j.Note(state.Line{Object: object.String(), Entry: text})
}

// Writing implements [lock.Log].
func (j journal) Writing(digest string) { j.Note(state.Line{Lock: digest}) }

func (j journal) readBack(b ReadBack) {
	j.Note(state.Line{Object: b.Key.String(), ReadBack: string(b.Status)})
}

// finish records how the run ended.
func (j journal) finish(r *Report) error {
	switch {
	case r.Complete():
		return j.Finish(state.Complete)
	case r.Wrote():
		return j.Finish("partly applied")
	}
	return j.Finish("nothing was written")
}
