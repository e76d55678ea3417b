package state

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"
	"time"
)

// Interrupted is a run that did not end.
type Interrupted struct {
	Run time.Time
	// Pending are the calls without a recorded result.
	Pending []PendingCall
}

// PendingCall is a call that began.
type PendingCall struct {
	Step   int
	Object string // key
	Op     string
	Call   string
	Fields []string
}

// Interrupted reads the last journal of the environment at these services; here tells
// by a journal's systems whether it is one. It returns nil if that run ended, or if
// there was none.
func (r Runs) Interrupted(here func(systems json.RawMessage) bool) (*Interrupted, error) {
	list, err := r.listed(journalSuffix)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	f, err := r.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, e := range slices.Backward(list) {
		text, err := f.Read(e.Name)
		if err != nil {
			return nil, fault(err)
		}
		// A run that was killed before its first line was complete made no call and
		// resolved nothing of the run before.
		run := head(text)
		if run == nil || !here(run.Systems) {
			continue
		}
		found := Interrupted{Run: run.Time}
		if found.trace(text) && len(found.Pending) == 0 {
			return nil, nil
		}
		return &found, nil
	}
	return nil, nil
}

// head returns the first line of a journal; nil if it is not complete.
func head(text []byte) *RunLine {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	var l Line
	if json.Unmarshal(first, &l) != nil {
		return nil
	}
	return l.Run
}

// trace reads a journal and reports whether it has its last line. It ignores an
// incomplete line, since no call is made before its line is complete.
func (i *Interrupted) trace(text []byte) (finished bool) {
	for text := range bytes.Lines(text) {
		var l Line
		if json.Unmarshal(text, &l) != nil {
			continue
		}
		switch {
		case l.Begin > 0:
			i.Pending = append(i.Pending, PendingCall{l.Begin, l.Object, l.Op, l.Call, l.Fields})
		case l.End > 0:
			i.Pending = slices.DeleteFunc(i.Pending, func(p PendingCall) bool { return p.Step == l.End })
		case l.Finished != nil:
			finished = true
		}
	}
	return finished
}

// Touched returns the keys of the objects on which a run began a call; nil if the
// run's journal no longer exists.
func (r Runs) Touched(run Number) (map[string]struct{}, error) {
	f, err := r.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := f.Read(r.name(run, journalSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault(err)
	}
	objects := map[string]struct{}{}
	for text := range bytes.Lines(text) {
		var l Line
		if json.Unmarshal(text, &l) == nil && l.Begin > 0 {
			objects[l.Object] = struct{}{}
		}
	}
	return objects, nil
}
