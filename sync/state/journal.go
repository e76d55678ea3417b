package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"authsync/disk"
)

// Journal is the file in which a run records each call before it makes it, and its
// result afterwards. Whatever ends the run, the file says which calls began, and what
// the lock would have said of them. It contains names of objects, fields and calls, ids,
// times and digests, and never a value. A nil Journal records nothing.
type Journal struct {
	file *disk.File

	mu      sync.Mutex
	written int   // number of lines
	err     error // the first failure; nothing is recorded after it

	flushing sync.Mutex
	flushed  int // number of lines on disk
}

// Line is one line of a journal.
type Line struct {
	Run *RunLine `json:"run,omitempty"`

	Begin  int      `json:"begin,omitempty"` // number of a step
	Object string   `json:"object,omitempty"`
	Op     string   `json:"op,omitempty"`
	Call   string   `json:"call,omitempty"`
	Fields []string `json:"fields,omitempty"`

	End     int    `json:"end,omitempty"` // number of a step
	Outcome string `json:"outcome,omitempty"`
	Error   string `json:"error,omitempty"`

	// Entry is what the lock has of Object from here on, without a value.
	Entry json.RawMessage `json:"entry,omitempty"`
	// Lock is the digest of the lock's text that contains the entries of all lines above.
	Lock string `json:"lock,omitempty"`

	ReadBack string       `json:"readBack,omitempty"` // of Object
	Settled  *SettledLine `json:"settled,omitempty"`

	Finished *time.Time `json:"finished,omitempty"`
	Result   string     `json:"result,omitempty"`
}

// RunLine is the first line: who ran what.
type RunLine struct {
	Time     time.Time       `json:"time"`
	Version  string          `json:"authsync"`
	Env      string          `json:"environment"`
	Manifest string          `json:"manifest"`
	Systems  json.RawMessage `json:"systems,omitempty"` // where they are
	PID      int             `json:"pid"`
	Steps    int             `json:"steps"`
	Options  json.RawMessage `json:"options"`
	// Back is the snapshot in the journal's directory that an undo goes back to.
	Back string `json:"back,omitempty"`
}

// Complete is the result of a run that left nothing.
const Complete = "complete"

// SettledLine is the verdict on a call of the run before.
type SettledLine struct {
	Run     time.Time `json:"run"`
	Step    int       `json:"step"`
	Object  string    `json:"object"`
	Verdict string    `json:"verdict"`
}

// NewJournal makes the file of a run's journal with its first lines, which are on disk
// when it returns. It removes the journals of older runs.
func (r Runs) NewJournal(run Number, first ...Line) (*Journal, error) {
	f, err := r.make()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	file, err := f.Open(r.name(run, journalSuffix), os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, fault(err)
	}
	if r.Opened != nil {
		r.Opened(file.File)
	}
	j := &Journal{file: file}
	j.Note(first...)
	if err := errors.Join(j.Flush(), r.sweep(f, journalSuffix)); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return j, nil
}

// Note writes lines with one write.
func (j *Journal) Note(lines ...Line) {
	if j == nil {
		return
	}
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
		j.err = unwritable(err)
		return
	}
	j.written++
}

func unwritable(err error) error { return fmt.Errorf("the journal cannot be written: %w", err) }

// Flush returns when all lines are on disk. Steps that run at the same time share the
// wait.
func (j *Journal) Flush() error {
	if j == nil {
		return nil
	}
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
		j.err = unwritable(err)
		return j.err
	}
	j.flushed = written
	return nil
}

func (j *Journal) progress() (written int, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.written, j.err
}

// Broken returns why nothing can be recorded any more; then no call may be made.
func (j *Journal) Broken() error {
	if j == nil {
		return nil
	}
	_, err := j.progress()
	return err
}

// Finish records how the run ended.
func (j *Journal) Finish(result string) error {
	if j == nil {
		return nil
	}
	now := time.Now().UTC().Truncate(time.Second)
	j.Note(Line{Finished: &now, Result: result})
	return errors.Join(j.Flush(), j.file.Close())
}
