package rehearse

import (
	"errors"
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
)

// finding is something in which a run on the copy does not end as wanted.
type finding struct {
	what sync.DivergenceKind
	key  schema.Key
	path schema.Path
	text string
}

// id tells findings apart.
func (f finding) id() string { return fmt.Sprintf("%s %s %s %s", f.what, f.key, f.path, f.text) }

// judge says what is not as wanted after a run.
type judge struct {
	original *original
	report   *sync.Report
	found    []finding
}

func (j *judge) find(what sync.DivergenceKind, key schema.Key, path schema.Path, text string) {
	j.found = append(j.found, finding{what, key, path, text})
}

// calls finds the calls that were not made, and failures outside of them.
func (j *judge) calls() {
	for _, s := range j.report.Steps {
		if s.Outcome == sync.Failed || s.Outcome == sync.Refused {
			j.find(sync.EndsRefused, s.Step.Key, nil, fmt.Sprintf("%s is refused: %s", s.Step.Call, reason(s.Err)))
		}
	}
	for _, err := range j.report.Errors {
		if lost, is := errors.AsType[*sync.Lost](err); is {
			j.find(sync.EndsLost, lost.Key, nil, lost.Error())
			continue
		}
		j.find(sync.EndsRefused, schema.Key{}, nil, reason(err))
	}
}

// reason is an error without what differs between two runs.
func reason(err error) string {
	var answer *transport.Error
	if !errors.As(err, &answer) {
		return err.Error()
	}
	if answer.Code == "" {
		return answer.Message
	}
	return answer.Code + ": " + answer.Message
}

// readBack finds what does not read as wanted.
func (j *judge) readBack() {
	for _, b := range j.report.ReadBack {
		if b.Status.Fine() {
			continue
		}
		if len(b.Fields) == 0 {
			j.find(sync.EndsOtherwise, b.Key, nil, string(b.Status))
		}
		for _, f := range b.Fields {
			is, wanted := f.Display()
			j.find(sync.EndsOtherwise, b.Key, f.Path, fmt.Sprintf("is %s, and %s is wanted", is, wanted))
		}
	}
}

// kept finds what has changed or gone and is not the plan's to touch.
func (j *judge) kept(before, after map[string]schema.Object) {
	for _, k := range j.original.kinds {
		for _, o := range j.original.objects[k.Name] {
			id := o.StoredAs(j.original.env)
			was, _ := before[k.Name][id].(schema.Object)
			is, stands := after[k.Name][id].(schema.Object)
			switch {
			case was == nil || j.original.plan.Deletes(o.Key, o.ID) || stands && schema.Same(was, is):
			case !stands && !slices.ContainsFunc(j.report.Driven, func(l *sync.Lost) bool { return l.Key == o.Key }):
				j.find(sync.EndsLost, o.Key, nil, "is gone")
			case stands:
				j.fields(k, o.Key, was, is)
			}
		}
	}
}

// fields finds the fields of an object that were set, have changed, and are not the
// plan's.
func (j *judge) fields(k *schema.Kind, key schema.Key, before, after schema.Object) {
	was, err := k.FromWire(before)
	is, err2 := k.FromWire(after)
	if err != nil || err2 != nil {
		return
	}
	var desired schema.Object
	if d := j.original.env.Object(key); d != nil {
		desired = d.Fields
	}
	expected := schema.Overlay(was, desired)
	if k.Settle != nil {
		expected = k.Settle(expected, was)
	}
	for _, f := range diff.Moves(was, is) {
		if schema.IsUnset(f.Before) || desired.At(f.Path...) != nil || j.changes(key, f.Path) || j.derived(k, key, f.Path) || schema.Same(schema.Unwrap(expected.At(f.Path...)), schema.Unwrap(f.After)) {
			continue
		}
		was, is := f.Display()
		j.find(sync.EndsLost, key, f.Path, fmt.Sprintf("was %s, and is %s", was, is))
	}
}

// changes reports whether the plan changes a field, or something in it.
func (j *judge) changes(key schema.Key, at schema.Path) bool {
	touches := func(f diff.Field) bool { return f.Path.Meets(at) }
	return slices.ContainsFunc(j.original.plan.Changes, func(c diff.Change) bool { return c.Key == key && slices.ContainsFunc(c.Fields, touches) })
}

// derived reports whether the service computes a field from one that the plan changes.
func (j *judge) derived(k *schema.Kind, key schema.Key, at schema.Path) bool {
	d := k.Update.Derived
	return slices.ContainsFunc(d.Fields, func(p schema.Path) bool { return slices.Equal(p, at) }) && j.changes(key, d.From)
}

// again finds what the next plan would do.
func (j *judge) again(next *sync.EnvironmentPlan) {
	for _, err := range next.Errors {
		j.find(sync.EndsUnfinished, schema.Key{}, nil, reason(err))
	}
	for _, r := range next.Refusals {
		j.find(sync.EndsUnfinished, r.Key, nil, r.Text)
	}
	for _, c := range next.Changes {
		if len(c.Fields) == 0 {
			j.find(sync.EndsUnfinished, c.Key, nil, fmt.Sprintf("the next plan has it again (%s)", c.Action))
		}
		for _, f := range c.Fields {
			is, wanted := f.Display()
			j.find(sync.EndsUnfinished, c.Key, f.Path, fmt.Sprintf("is %s, and the next plan wants %s", is, wanted))
		}
	}
}
