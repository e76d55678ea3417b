package state

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"authsync/disk"
)

// Interrupted is a run that did not end.
type Interrupted struct {
	Run time.Time
	// Back is what the run went back to, if it was an undo; see [RunLine].
	Back string
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
	var t tracing
	run, err := r.last(whoever, here, t.follow)
	pending := t.pending()
	if err != nil || run == nil || t.finished && len(pending) == 0 {
		return nil, err
	}
	return &Interrupted{Run: run.Time, Back: run.Back, Pending: pending}, nil
}

// GoingBack returns the snapshot to which the last run of this machine here went back, if
// that was an undo and did not come to its end. A journal has no mark, so that run has to
// have kept a snapshot with one.
func (r Runs) GoingBack(here func(systems json.RawMessage) bool) (snapshot string, err error) {
	complete := false
	run, err := r.last(r.ours, here, func(l Line) { complete = complete || l.Result == Complete })
	if err != nil || run == nil || complete {
		return "", err
	}
	return run.Back, nil
}

// Unwritten returns the lines with an entry that the last run here noted after the lock
// had the text with a digest. If the lock's text is not one that the run wrote, somebody
// else has changed it since, and nothing is returned.
func (r Runs) Unwritten(here func(systems json.RawMessage) bool, lock string) ([]Line, error) {
	var lines []Line
	theirs := false
	_, err := r.last(whoever, here, func(l Line) {
		switch {
		case l.Lock == lock && lock != "":
			lines, theirs = nil, true
		case theirs && len(l.Entry) > 0:
			lines = append(lines, l)
		}
	})
	return lines, err
}

// whoever says that the journal of every run counts.
func whoever(*disk.Folder, Entry) bool { return true }

// ours reports whether the run of a journal has kept a snapshot with this machine's mark.
func (r Runs) ours(f *disk.Folder, e Entry) bool {
	text, err := f.Read(r.name(e.Run, snapshotSuffix))
	return err == nil && r.marked(e, text) == nil
}

// last calls each with the lines of the last journal here that counts, and returns its
// first one; nil = there is none.
func (r Runs) last(counts func(*disk.Folder, Entry) bool, here func(systems json.RawMessage) bool, each func(Line)) (*RunLine, error) {
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
		if !counts(f, e) {
			continue
		}
		// A run that was killed before its first line was complete made no call and
		// resolved nothing of the run before.
		var run *RunLine
		err := readJournal(f, e.Name, func(l Line) (goOn bool) {
			if run == nil {
				run = l.Run
				return run != nil && here(run.Systems)
			}
			each(l)
			return true
		})
		if err != nil {
			return nil, err
		}
		if run != nil && here(run.Systems) {
			return run, nil
		}
	}
	return nil, nil
}

// readJournal calls each with the lines of a journal, as long as it says so. An
// incomplete line is empty: nothing is done before its line is complete.
func readJournal(f *disk.Folder, name string, each func(Line) (goOn bool)) error {
	file, err := f.Open(name, os.O_RDONLY)
	if err != nil {
		return fault(err)
	}
	defer file.Close()
	return eachLine(file, each)
}

func eachLine(r io.Reader, each func(Line) (goOn bool)) error {
	lines := bufio.NewReader(r)
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fault(err)
		}
		var l Line
		if json.Unmarshal(text, &l) != nil {
			l = Line{}
		}
		if !each(l) || err != nil {
			return nil
		}
	}
}

// tracing follows the lines of a journal.
type tracing struct {
	begun    []PendingCall
	ended    map[int]int // how many calls had begun when a step ended last, by step
	finished bool        // the journal has its last line
}

func (t *tracing) follow(l Line) {
	switch {
	case l.Begin > 0:
		t.begun = append(t.begun, PendingCall{l.Begin, l.Object, l.Op, l.Call, l.Fields})
	case l.End > 0:
		if t.ended == nil {
			t.ended = map[int]int{}
		}
		t.ended[l.End] = len(t.begun)
	case l.Finished != nil:
		t.finished = true
	}
}

// pending are the calls that began and did not end after that.
func (t *tracing) pending() []PendingCall {
	var pending []PendingCall
	for i, call := range t.begun {
		if i >= t.ended[call.Step] {
			pending = append(pending, call)
		}
	}
	return pending
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
	objects := map[string]struct{}{}
	err = readJournal(f, r.name(run, journalSuffix), func(l Line) bool {
		if l.Begin > 0 {
			objects[l.Object] = struct{}{}
		}
		return true
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return objects, nil
}
