package sync

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
)

// kept is how many journals of an environment are kept, the newest.
const kept = 20

// stamp is the time in a journal's name: names sort as times do.
const stamp = "20060102T150405.000000000Z"

var journalName = regexp.MustCompile(`^-(\d{8}T\d{6}\.\d{9}Z)-\d+\.jsonl$`)

// newJournal makes the file of a journal, and removes what is older than the
// last ones.
func (s State) newJournal() (*journal, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	names, err := s.journals()
	if err != nil {
		return nil, err
	}
	for len(names) >= kept {
		_ = os.Remove(filepath.Join(s.Dir, names[0])) // one too many does no harm
		names = names[1:]
	}
	now := time.Now().UTC()
	name := s.file(fmt.Sprintf("-%s-%d.jsonl", now.Format(stamp), os.Getpid()))
	open := s.open
	if open == nil {
		open = os.OpenFile
	}
	f, err := open(name, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, stateFault(err)
	}
	return &journal{file: f, run: now.Truncate(time.Second)}, nil
}

// journals are the names of the environment's journals, the oldest first.
func (s State) journals() ([]string, error) {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return nil, stateFault(err)
	}
	var names []string
	for _, e := range entries {
		if rest, ours := strings.CutPrefix(e.Name(), s.Env); ours && journalName.MatchString(rest) {
			names = append(names, e.Name())
		}
	}
	return names, nil // ReadDir sorts
}

// Former is a run that was cut off: it did not come to its end.
type Former struct {
	Run time.Time
	// Begun are the calls of which it does not say what became of them.
	Begun []Begun
}

// Begun is a call that was begun.
type Begun struct {
	Step   int
	Object string // key
	Op     Op
	Call   string
	Fields []string
}

// Verdict says what a call did of which only the beginning is known.
type Verdict string

const (
	WasDone    Verdict = "done"
	WasNotDone Verdict = "not done"
	NotKnown   Verdict = "unknown"
)

// Settlement is the verdict on a call of a former run.
type Settlement struct {
	Run time.Time
	Begun
	Verdict Verdict
}

// Former reads the last journal of the environment. It is nil if that run came
// to its end, or if there was none.
func (s State) Former() (*Former, error) {
	if s.Dir == "" {
		return nil, nil
	}
	if _, err := os.Stat(s.Dir); os.IsNotExist(err) {
		return nil, nil
	}
	names, err := s.journals()
	if err != nil || len(names) == 0 {
		return nil, err
	}
	var name string
	var text []byte
	for started := false; !started; names = names[:len(names)-1] {
		if len(names) == 0 {
			return nil, nil
		}
		name = names[len(names)-1]
		if text, err = os.ReadFile(filepath.Join(s.Dir, name)); err != nil {
			return nil, stateFault(err)
		}
		// A run that was cut off before its first line was whole has made no
		// call, nor settled what the run before it left open.
		first, _, _ := bytes.Cut(text, []byte("\n"))
		var l line
		started = json.Unmarshal(first, &l) == nil && l.Run != nil
	}
	began, err := time.Parse(stamp, journalName.FindStringSubmatch(strings.TrimPrefix(name, s.Env))[1])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(s.Dir, name), err)
	}
	former := Former{Run: began.Truncate(time.Second)}
	if former.trace(text) && len(former.Begun) == 0 {
		return nil, nil
	}
	return &former, nil
}

// trace reads a journal and reports whether it has its last line. A line that a
// run could not finish is as if it were not there: no call was made before its
// line was whole.
func (f *Former) trace(text []byte) (finished bool) {
	for text := range bytes.Lines(text) {
		var l line
		if json.Unmarshal(text, &l) != nil {
			continue
		}
		switch {
		case l.Begin > 0:
			f.Begun = append(f.Begun, Begun{l.Begin, l.Object, l.Op, l.Call, l.Fields})
		case l.End > 0:
			f.Begun = slices.DeleteFunc(f.Begun, func(b Begun) bool { return b.Step == l.End })
		case l.Finished != nil:
			finished = true
		}
	}
	return finished
}

// Settle notes what a plan shows of the calls that the run before left open,
// where there is nothing to apply.
func Settle(site *Site, plan *EnvironmentPlan) ([]Settlement, error) {
	j, settlements, err := openJournal(site, plan)
	if err != nil {
		return nil, err
	}
	return settlements, j.finish(&Report{})
}

// settle judges by what is live now what the calls of a former run have done.
func (p *EnvironmentPlan) settle(former *Former) []Settlement {
	if former == nil {
		return nil
	}
	var all []Settlement
	for _, b := range former.Begun {
		all = append(all, Settlement{former.Run, b, p.verdict(b)})
	}
	return all
}

func (p *EnvironmentPlan) verdict(b Begun) Verdict {
	key, err := schema.ParseKey(b.Object)
	if err != nil || p.read.Unreadable[key.Kind] != nil || p.read.Live[key.Kind] == nil {
		return NotKnown
	}
	at := slices.IndexFunc(p.Changes, func(c diff.Change) bool { return c.Key == key })
	_, whole := p.whole[key.Kind]
	_, stands := p.read.Live[key.Kind][key.Name]
	switch {
	case at >= 0:
		return p.verdictOfChange(b, p.Changes[at])
	case slices.Contains(p.same, key):
		return p.seen(b, key)
	case !whole:
		return NotKnown
	case b.Op == OpDelete && !stands || b.Op == OpCreate && stands:
		return WasDone
	case b.Op == OpDelete || !stands:
		return WasNotDone
	}
	return NotKnown
}

// verdictOfChange judges by what would still be changed of the object.
func (p *EnvironmentPlan) verdictOfChange(b Begun, c diff.Change) Verdict {
	switch {
	case b.Op == OpDelete && c.Action == diff.Create:
		return WasDone
	case b.Op == OpDelete || c.Action != diff.Update:
		return WasNotDone
	}
	for _, f := range c.Fields {
		if slices.Contains(b.Fields, f.Path[0]) {
			return WasNotDone
		}
	}
	return p.seen(b, c.Key)
}

// seen is done, unless the call sent what no read shows.
func (p *EnvironmentPlan) seen(b Begun, key schema.Key) Verdict {
	unseen := p.unseen()
	for _, name := range b.Fields {
		if _, hidden := unseen[field{key, name}]; hidden {
			return NotKnown
		}
	}
	return WasDone
}
