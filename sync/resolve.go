package sync

import (
	"encoding/json"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// Verdict says whether a pending call of an interrupted run did its work.
type Verdict string

const (
	WasDone    Verdict = "done"
	WasNotDone Verdict = "not done"
	NotKnown   Verdict = "unknown"
)

// Resolution is the verdict on a pending call of an interrupted run.
type Resolution struct {
	Run time.Time
	state.PendingCall
	Verdict Verdict
}

// Interrupted returns the last run, if it did not end. A run against another service
// or a sandbox does not count.
func (s *Site) Interrupted() (*state.Interrupted, error) {
	return s.State.Interrupted(s.here)
}

// here reports whether a journal's systems are those of the site.
func (s *Site) here(systems json.RawMessage) bool { return JournalOf(s.Places)(systems) }

// JournalOf returns a function that reports whether a journal's systems are at places.
func JournalOf(places lock.Places) func(systems json.RawMessage) bool {
	return func(systems json.RawMessage) bool {
		var was lock.Places
		return len(systems) == 0 || json.Unmarshal(systems, &was) == nil && places.Other(was) == ""
	}
}

// Settle records the resolutions of the run before, if there is nothing to apply.
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

// resolve judges the pending calls of an interrupted run by what is live now.
func (p *EnvironmentPlan) resolve(interrupted *state.Interrupted) []Resolution {
	if interrupted == nil {
		return nil
	}
	return list.Each(interrupted.Pending, func(call state.PendingCall) Resolution {
		return Resolution{interrupted.Run, call, p.verdict(call, interrupted.Back)}
	})
}

// verdict judges a call of a run that went back to a snapshot, or to none. A run that did
// not go where the plan goes wanted something else, so that only what stands tells.
func (p *EnvironmentPlan) verdict(b state.PendingCall, back string) Verdict {
	key, err := schema.ParseKey(b.Object)
	if err == nil && schema.KindNamed(key.Kind).Update.Seen == schema.InVault {
		return NotKnown
	}
	if err != nil || p.read.Unreadable[key.Kind] != nil || p.read.Live[key.Kind] == nil {
		return NotKnown
	}
	at := slices.IndexFunc(p.Changes, func(c diff.Change) bool { return c.Key == key })
	_, whole := p.whole[key.Kind]
	_, stands := p.read.Live[key.Kind][key.Name]
	switch {
	case back == p.Back && at >= 0:
		return p.verdictOfChange(b, p.Changes[at])
	case back == p.Back && slices.Contains(p.same, key):
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

// verdictOfChange judges a call by what the plan would still change of its object.
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

// seen returns WasDone, unless the call sent a field that no read shows.
func (p *EnvironmentPlan) seen(b state.PendingCall, key schema.Key) Verdict {
	for _, at := range p.untold()[key] {
		if slices.Contains(b.Fields, at[0]) {
			return NotKnown
		}
	}
	return WasDone
}
