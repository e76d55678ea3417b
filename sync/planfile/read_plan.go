package planfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/lock"
)

// What follows reads results from the JSON that they were written as. They are for
// looking at: a secret is the word that stands for it, and nothing can be applied.

// teller turns what JSON says into what it was written from. It keeps the first error.
type teller struct{ err error }

func (t *teller) fail(format string, args ...interface{}) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

func (t *teller) time(text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.fail("%w", err)
	}
	return at
}

// value reads the value of a field of an object.
func (t *teller) value(key schema.Key, at schema.Path, text json.RawMessage) schema.Value {
	kind := schema.KindNamed(key.Kind)
	if kind == nil || len(text) == 0 || string(text) == "null" {
		return nil
	}
	value, err := kind.DecodeShown(at, string(text))
	if err != nil {
		t.fail("%s: %s: %w", key, at, err)
	}
	return value
}

func (t *teller) fields(key schema.Key, all []jsonField) []diff.Field {
	return list.Each(all, func(f jsonField) diff.Field {
		return diff.Field{Path: f.Path, Before: t.value(key, f.Path, f.Before), After: t.value(key, f.Path, f.After), Origin: f.Origin, Applied: t.value(key, f.Path, f.Applied)}
	})
}

// toldCause is a failed call with its cause.
type toldCause struct {
	text string // where it is the only one
	jsonCause
}

func (e *toldCause) Error() string                  { return e.text }
func (e *toldCause) Cause() string                  { return e.Text }
func (e *toldCause) Trace() string                  { return e.jsonCause.Trace }
func (*toldCause) Made() string                     { return "" }
func (*toldCause) Writes() bool                     { return false }
func (e *toldCause) AdviceOn([]string) lang.Message { return lang.Text(e.Advice) }

// failures are errors: one for each read that a cause stopped.
func failures(texts []string, causes []jsonCause) []error {
	var all []error
	for i, text := range texts {
		if i >= len(causes) || causes[i].Reads == 0 {
			all = append(all, errors.New(text))
			continue
		}
		for range causes[i].Reads {
			all = append(all, &toldCause{text, causes[i]})
		}
	}
	return all
}

func (t *teller) removed(all []jsonRemoved) []sync.Removed {
	return list.Each(all, func(r jsonRemoved) sync.Removed {
		return sync.Removed{Key: r.Key, Path: r.Path, Live: t.value(r.Key, r.Path, r.Live), Unread: r.Unread, Ack: r.Ack}
	})
}

func (t *teller) overlaps(all []jsonOverlap) []sync.Overlap {
	return list.Each(all, func(o jsonOverlap) sync.Overlap {
		return sync.Overlap{Key: o.Key, ID: o.ID, Until: t.time(o.Until), Overdue: o.Overdue}
	})
}

func (t *teller) environment(e jsonEnvironment, sandbox string) *sync.EnvironmentPlan {
	p := &sync.EnvironmentPlan{
		Name: e.Name, File: e.File, EnvID: e.EnvID, Sandbox: sandbox, ChangedFiles: e.ChangedFiles,
		Limits: sync.Limits{Targets: e.Targets, Excluded: e.Excluded},
		Errors: failures(e.Errors, e.Causes), Unread: e.Unread, Notes: e.Notes, Removed: t.removed(e.Removed),
		Overlaps: t.overlaps(e.Overlaps), Uncompared: e.NotCompared, Unmanaged: e.Unmanaged,
		Gates: e.Gates, Refusals: e.Refusals,
		WaysIn: e.WaysIn, Rehearsal: rehearsal(e.Rehearsal), Steps: list.Each(e.Steps, t.step),
	}
	p.Destinations = list.Each(e.Destinations, func(d jsonDestination) sync.Destination {
		return sync.Destination{System: d.System, Place: lock.Place{Address: d.Address, Tenant: d.Tenant, Sandbox: sandbox}, Account: d.Account, Status: d.Status, Was: d.Was}
	})
	if e.Seals != nil {
		p.Seals = *e.Seals
	}
	p.Changes = list.Each(e.Changes, func(c jsonChange) diff.Change {
		return diff.Change{Key: c.Key, Action: c.Action, Fields: t.fields(c.Key, c.Fields)}
	})
	p.Accepted = list.Each(e.Accepted, func(a jsonAccepted) sync.Accepted {
		return sync.Accepted{Key: a.Key, Fields: t.fields(a.Key, a.Fields)}
	})
	for _, kind := range e.Unreadable {
		if p.Unreadable == nil {
			p.Unreadable = map[string]error{}
		}
		p.Unreadable[kind] = errors.New("live could not be read")
	}
	p.AsReported(e.Builtin)
	return p
}

func (t *teller) step(s jsonStep) sync.Step {
	step := sync.Step{Number: s.Number, Level: s.Level, Key: s.Key, Op: s.Operation, Phase: s.Phase, Fields: s.Fields, After: s.After,
		Call: sync.Call{System: s.Call.System, Action: s.Call.Action, Method: s.Call.Method, Path: s.Call.Path}}
	if s.Completed {
		step.Basis = sync.Fresh
	}
	for _, k := range s.Keeps {
		step.Overlaps = append(step.Overlaps, sync.Overlapping{ID: k.ID, For: k.Seconds, Ends: t.time(k.Ends)})
	}
	body, err := schema.ParseJSON(s.Call.Body)
	if object, is := body.(schema.Object); is && err == nil {
		step.Call.Body = object
	}
	return step
}

// callNamed is the call of a name that [sync.Call.String] has made.
func callNamed(system, name string) sync.Call {
	if method, path, rest := strings.Cut(name, " "); rest {
		return sync.Call{System: system, Method: method, Path: path}
	}
	return sync.Call{System: system, Action: name}
}

// ReadPlan reads a plan from its JSON, be it a saved one.
func ReadPlan(text []byte) (*sync.Plan, error) {
	var in jsonPlan
	if err := readReport(text, &in, FormatVersion); err != nil {
		return nil, err
	}
	if in.Saved != nil {
		again, _, err := sealed(in)
		if err != nil || string(again) != string(text) {
			return nil, stale("the file was changed after it was made")
		}
	}
	var t teller
	plan := &sync.Plan{Part: partTold(in.Shard, in.Shards), Since: in.ChangedSince, Rollout: t.rollout(in.Rollout), Digest: in.Digest}
	for _, e := range in.Environments {
		plan.Environments = append(plan.Environments, t.environment(e, in.Sandbox))
	}
	return plan, t.err
}

func partTold(s *schema.Shard, j *sync.Joined) sync.Part {
	part := sync.Part{Joined: j}
	if s != nil {
		part.Shard = *s
	}
	return part
}

func readReport[T any](text []byte, into *T, version int) error {
	var head struct {
		FormatVersion int `json:"formatVersion"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	if head.FormatVersion != version {
		return fmt.Errorf("is of format %d, and this version of authsync reads %d", head.FormatVersion, version)
	}
	return json.Unmarshal(text, into)
}
