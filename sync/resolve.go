package sync

import (
	"encoding/json"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// Verdict says what a call did of which only the beginning is known.
type Verdict string

const (
	WasDone    Verdict = "done"
	WasNotDone Verdict = "not done"
	NotKnown   Verdict = "unknown"
)

// Resolution is the verdict on a call of a run that was cut off.
type Resolution struct {
	Run time.Time
	state.PendingCall
	Verdict Verdict
}

// Interrupted is the last run here, if it did not come to its end. One at another
// service, or in a sandbox, is of no concern.
func (s *Site) Interrupted() (*state.Interrupted, error) {
	return s.State.Interrupted(func(systems json.RawMessage) bool {
		var was lock.Places
		return len(systems) == 0 || json.Unmarshal(systems, &was) == nil && s.Places.Other(was) == ""
	})
}

// Settle notes what a plan shows of the calls that the run before left open,
// where there is nothing to apply.
func Settle(site *Site, plan *EnvironmentPlan) ([]Resolution, error) {
	run, err := site.State.Next()
	if err != nil {
		return nil, err
	}
	j, resolutions, err := openJournal(site, plan, run)
	if err != nil {
		return nil, err
	}
	return resolutions, j.finish(&Report{})
}

// resolve judges by what is live now what the calls of a run that was cut off have
// done.
func (p *EnvironmentPlan) resolve(interrupted *state.Interrupted) []Resolution {
	if interrupted == nil {
		return nil
	}
	var all []Resolution
	for _, call := range interrupted.Pending {
		all = append(all, Resolution{interrupted.Run, call, p.verdict(call)})
	}
	return all
}

func (p *EnvironmentPlan) verdict(b state.PendingCall) Verdict {
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
	case Op(b.Op) == OpDelete && !stands || Op(b.Op) == OpCreate && stands:
		return WasDone
	case Op(b.Op) == OpDelete || !stands:
		return WasNotDone
	}
	return NotKnown
}

// verdictOfChange judges by what would still be changed of the object.
func (p *EnvironmentPlan) verdictOfChange(b state.PendingCall, c diff.Change) Verdict {
	switch {
	case Op(b.Op) == OpDelete && c.Action == diff.Create:
		return WasDone
	case Op(b.Op) == OpDelete || c.Action != diff.Update:
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
func (p *EnvironmentPlan) seen(b state.PendingCall, key schema.Key) Verdict {
	for _, at := range p.untold(key) {
		if slices.Contains(b.Fields, at[0]) {
			return NotKnown
		}
	}
	return WasDone
}
