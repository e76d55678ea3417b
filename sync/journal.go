package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	stdsync "sync"
	"time"
)

// journal is the file in which a run notes each call before it makes it and
// what became of it after. Whatever ends the run, the file says what was begun.
// There are names in it, of objects, fields and calls, and never a value. Nil
// notes nothing.
type journal struct {
	file *os.File
	run  time.Time

	mu      stdsync.Mutex
	written int   // lines, counted
	err     error // the first failure: nothing is noted after it

	flushing stdsync.Mutex
	flushed  int // lines that are on disk
}

// line is one line of a journal.
type line struct {
	Run *runLine `json:"run,omitempty"`

	Begin  int      `json:"begin,omitempty"` // number of a step
	Object string   `json:"object,omitempty"`
	Op     Op       `json:"op,omitempty"`
	Call   string   `json:"call,omitempty"`
	Fields []string `json:"fields,omitempty"`

	End     int     `json:"end,omitempty"` // number of a step
	Outcome Outcome `json:"outcome,omitempty"`
	Error   string  `json:"error,omitempty"`

	ReadBack Standing     `json:"readBack,omitempty"` // of Object
	Settled  *settledLine `json:"settled,omitempty"`

	Finished *time.Time `json:"finished,omitempty"`
	Result   string     `json:"result,omitempty"`
}

type runLine struct {
	Time     time.Time `json:"time"`
	Version  string    `json:"authsync"`
	Env      string    `json:"environment"`
	Manifest string    `json:"manifest"`
	PID      int       `json:"pid"`
	Steps    int       `json:"steps"`
	Options  Options   `json:"options"`
}

type settledLine struct {
	Run     time.Time `json:"run"`
	Step    int       `json:"step"`
	Object  string    `json:"object"`
	Verdict Verdict   `json:"verdict"`
}

// openJournal begins the journal of a run, and settles in it what the run before
// left open. A run that has nothing to do and nothing to settle keeps none.
func openJournal(site *Site, plan *EnvironmentPlan) (*journal, []Settlement, error) {
	if site.State.Dir == "" {
		return nil, nil, nil
	}
	former, err := site.State.Former()
	if err != nil || len(plan.Steps) == 0 && former == nil {
		return nil, nil, err
	}
	settlements := plan.settle(former)
	j, err := site.State.newJournal()
	if err != nil {
		return nil, nil, err
	}
	first := []line{{Run: &runLine{
		Time: j.run, Version: site.Lock.Version(), Env: plan.Name, Manifest: plan.File, PID: os.Getpid(),
		Steps: len(plan.Steps), Options: plan.options,
	}}}
	for _, s := range settlements {
		first = append(first, line{Settled: &settledLine{Run: s.Run, Step: s.Step, Object: s.Object, Verdict: s.Verdict}})
	}
	j.note(first...)
	if err := j.flush(); err != nil {
		return nil, nil, errors.Join(err, j.file.Close())
	}
	return j, settlements, nil
}

// note writes lines, all in one go.
func (j *journal) note(lines ...line) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return
	}
	var text bytes.Buffer
	err := error(nil)
	for _, l := range lines {
		err = errors.Join(err, json.NewEncoder(&text).Encode(l))
	}
	if err == nil {
		_, err = j.file.Write(text.Bytes())
	}
	if err != nil {
		j.err = fmt.Errorf("the journal cannot be written: %w", err)
		return
	}
	j.written++
}

// flush returns when all lines are on disk. Steps that are made at the same time
// share the wait for it.
func (j *journal) flush() error {
	written, err := j.progress()
	if err != nil {
		return err
	}
	j.flushing.Lock()
	defer j.flushing.Unlock()
	if j.flushed >= written {
		return nil
	}
	if written, err = j.progress(); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.err = fmt.Errorf("the journal cannot be written: %w", err)
		return j.err
	}
	j.flushed = written
	return nil
}

func (j *journal) progress() (written int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.written, j.err
}

// broken is why nothing can be noted any more: then no more calls are made.
func (j *journal) broken() error {
	if j == nil {
		return nil
	}
	_, err := j.progress()
	return err
}

// begin notes that the call of a step is about to be made. Without the note it
// must not be.
func (j *journal) begin(s Step) error {
	if j == nil {
		return nil
	}
	j.note(line{Begin: s.Number, Object: s.Key.String(), Op: s.Op, Call: s.Call.String(), Fields: s.Fields})
	return j.flush()
}

// end notes what became of a step. What was not tried is not waited for.
func (j *journal) end(r StepResult) {
	if j == nil {
		return
	}
	l := line{End: r.Step.Number, Outcome: r.Outcome}
	if r.Err != nil {
		l.Error = r.Err.Error()
	}
	j.note(l)
	if r.Outcome != Skipped {
		_ = j.flush() // a failure is kept, and stops the next call
	}
}

func (j *journal) readBack(b ReadBack) {
	if j != nil {
		j.note(line{Object: b.Key.String(), ReadBack: b.Standing})
	}
}

// finish notes that the run came to its end, and how.
func (j *journal) finish(r *Report) error {
	if j == nil {
		return nil
	}
	result := "complete"
	switch {
	case r.Complete():
	case r.Wrote():
		result = "partly applied"
	default:
		result = "nothing was written"
	}
	now := time.Now().UTC().Truncate(time.Second)
	j.note(line{Finished: &now, Result: result})
	return errors.Join(j.flush(), j.file.Close())
}
