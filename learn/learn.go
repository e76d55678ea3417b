// Package learn finds out at a live service what its documents leave open: the rows of
// package quirk.
//
// [Look] reads, and says what the run is about to do. [Survey.Try] then does it: on a
// scratch object of its own, a provider that is off and that it deletes, in at most
// [Most] requests. Each row that the evidence settles becomes a [Finding]; whatever is
// not certain stays unknown. [Record] puts findings into a file of kind Quirks.
//
// It must not write to anything but its scratch object, print, or know what a finding
// is good for. Begin reading at [Look], then at trial.go.
package learn

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"authsync/remote/transport"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/sync"
	"authsync/sync/state"
)

// Most is how many requests a run makes at most, those that fail included. So many of
// them are kept for the clean-up.
const (
	Most    = 25
	cleanup = 6
	// reading is how many of them may be made to read what is there.
	reading = 8
)

// Budget returns the budget of a run's transport.
func Budget() *transport.Budget { return transport.NewBudget(Most, Most-reading) }

// Run is what a run needs.
type Run struct {
	Site *sync.Site
	// Budget is that of the site's transport; see [Budget].
	Budget  *transport.Budget
	Version string
	Now     time.Time
}

// Survey is what reading tells, and what a run would do.
type Survey struct {
	run  Run
	seen *evidence
	// Scratch is the object that would be made, used and deleted.
	Scratch schema.Key
	// Barred says why there will be no scratch object; "" = nothing does.
	Barred string
	// Leftovers are the scratch objects of runs before, which will be deleted.
	Leftovers []schema.Key
	// Strangers are objects that have a scratch object's id and nothing else of one.
	Strangers []schema.Key
	// Failed are the kinds that could not be read, and why.
	Failed []error
}

// Look reads what is there.
func Look(ctx context.Context, run Run) (*Survey, error) {
	s := &Survey{run: run, seen: newEvidence(), Scratch: newScratch()}
	if run.Site.Admit != nil {
		if err := run.Site.Admit(ctx); err != nil {
			return nil, err
		}
	}
	live := map[string][]sync.WireObject{}
	for _, l := range looks {
		service := run.Site.Services[l.kind.Name]
		if service == nil {
			continue
		}
		q := l.query(run.Site.Env)
		objects, err := service.Read(ctx, q)
		if errors.Is(err, transport.ErrSpent) && len(s.Failed) > 0 {
			continue // what failed before has used the requests up
		}
		if err != nil {
			s.Failed = append(s.Failed, fmt.Errorf("%s: %w", l.kind.Collection, err))
			continue
		}
		live[l.kind.Name] = objects
		l.judge(q, objects, s.seen)
	}
	switch {
	case len(live) == 0 && len(s.Failed) == 0:
		return nil, errors.New("nothing could be read: the manifest has no system that is looked at")
	case len(live) == 0:
		return nil, sync.At("nothing could be read", s.Failed...)
	}
	providers, read := live[scratchKind.Name]
	if !read {
		s.Barred = "providers could not be read"
		return s, nil
	}
	return s, s.prepare(providers)
}

// prepare finds what runs before left behind, and whether there is room.
func (s *Survey) prepare(providers []sync.WireObject) error {
	touched, err := s.run.touched()
	if err != nil {
		return err
	}
	taken := 0
	for _, p := range providers {
		key := scratchKey(p.Name)
		switch {
		case !isScratchID(p.Name):
			if p.Presence != sync.Phantom {
				taken++
			}
		case named(p.Wire) || touched[key.String()]:
			s.Leftovers = append(s.Leftovers, key)
		default:
			s.Strangers = append(s.Strangers, key)
			taken++
		}
	}
	slices.SortFunc(s.Leftovers, func(a, b schema.Key) int { return cmp.Compare(a.Name, b.Name) })
	if taken >= scratchKind.Max {
		s.Barred = fmt.Sprintf("there is no room for a scratch object: %d of %d providers are there", taken, scratchKind.Max)
	}
	return nil
}

// Calls are those that a run makes at most after its reading, in order, and why.
func (s *Survey) Calls() []Trial {
	calls := list.Each(s.Leftovers, func(key schema.Key) Trial {
		return Trial{Key: key, Op: sync.OpDelete, Why: "a run before left it behind", Call: s.describe(key, sync.OpDelete)}
	})
	if s.Barred != "" {
		return calls
	}
	for _, t := range trials {
		t.Key, t.Call = s.Scratch, s.describe(s.Scratch, t.Op)
		calls = append(calls, t)
	}
	return calls
}

func (s *Survey) describe(key schema.Key, op sync.Op) string {
	return s.run.Site.Services[key.Kind].Describe(op, sync.Target{Name: key.Name}, schema.Object{})[0].String()
}

// Report is what a run has found out.
type Report struct {
	Findings []Finding
	// Deleted are scratch objects of runs before that are gone now.
	Deleted []schema.Key
	// Left are scratch objects that are still there, or may be.
	Left []schema.Key
	// Errors say what went wrong on the way, and Stopped what ended it.
	Errors  []error
	Stopped error
	// Requests is how many were made.
	Requests int

	tried []quirk.Way
	of    func(system string) bool
}

// Unknown are the rows that could have been settled in the ways that were tried, and
// were not.
func (r *Report) Unknown() (names []quirk.Name) {
	for _, q := range quirk.All() {
		settled := slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Name == q.Name })
		if !settled && r.of(q.System) && slices.Contains(r.tried, q.Found) {
			names = append(names, q.Name)
		}
	}
	return names
}

// Finding is a row that is settled.
type Finding struct {
	quirk.Quirk
	schema.Finding
}

// Report is what reading alone has found out.
func (s *Survey) Report() *Report { return s.report(quirk.ByReading) }

func (s *Survey) report(tried ...quirk.Way) *Report {
	return &Report{Findings: s.findings(), Requests: s.run.requests(), tried: tried, of: func(system string) bool {
		_, is := s.run.Site.Places[system]
		return is
	}}
}

func (r Run) requests() int {
	r.Budget.Hold(0)
	return Most - r.Budget.Left()
}

// findings are the rows that the evidence settles.
func (s *Survey) findings() []Finding {
	var all []Finding
	for _, q := range quirk.All() {
		value, seen, settled := s.seen.settles(q.Name)
		if settled {
			all = append(all, Finding{q, schema.Finding{
				Value: value, Seen: seen, At: s.run.Now.UTC().Format(time.RFC3339), Version: s.run.Version,
			}})
		}
	}
	return all
}

// runs is where this machine keeps the journals of learning: beside those of applies,
// and not among them, whose last one tells of calls in doubt.
func (r Run) runs() state.Runs {
	runs := r.Site.State
	runs.Env += ".learn"
	return runs
}

// touched are the objects on which runs from here have begun a call.
func (r Run) touched() (map[string]bool, error) {
	touched := map[string]bool{}
	if r.runs().Nowhere() {
		return touched, nil
	}
	next, err := r.runs().Next()
	if err != nil {
		return nil, err
	}
	for n := next - 1; n > 0 && n+state.Kept >= next; n-- {
		keys, err := r.runs().Touched(n)
		if err != nil {
			return nil, err
		}
		for key := range keys {
			touched[key] = true
		}
	}
	return touched, nil
}
