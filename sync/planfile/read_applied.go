package planfile

import (
	"cmp"
	"errors"
	"slices"

	"github.com/hashicorp/go-multierror"

	"authsync/diff"
	"authsync/sync"
)

// ReadApplied reads the results of an apply from their JSON. The plan in them has the
// calls, and not what they change.
func ReadApplied(text []byte) (sync.Applied, error) {
	var in jsonApplied
	if err := readReport(text, &in, AppliedFormatVersion); err != nil {
		return sync.Applied{}, err
	}
	var t teller
	var failed *multierror.Error
	for _, text := range in.Errors {
		failed = multierror.Append(failed, errors.New(text))
	}
	did := sync.Applied{Part: partTold(in.Shard, in.Shards), Plan: &sync.Plan{Part: partTold(in.Shard, in.Shards)}, Reports: []*sync.Report{}, Err: failed.ErrorOrNil(), ExitCode: in.ExitCode}
	for _, e := range in.Environments {
		p, r := t.applied(e, in.Sandbox)
		did.Plan.Environments, did.Reports = append(did.Plan.Environments, p), append(did.Reports, r)
	}
	return did, t.err
}

func (t *teller) applied(e jsonAppliedEnv, sandbox string) (*sync.EnvironmentPlan, *sync.Report) {
	p := &sync.EnvironmentPlan{Name: e.Name, File: e.File, EnvID: e.EnvID, Sandbox: sandbox, Overlaps: t.overlaps(e.Overlaps)}
	r := &sync.Report{Name: e.Name}
	for _, w := range e.Written {
		r.Steps = append(r.Steps, sync.StepResult{Outcome: w.Outcome, Step: sync.Step{Number: w.Number, Key: w.Key, Op: w.Operation, Call: callNamed(w.System, w.Call)}})
	}
	for _, l := range e.Left {
		s := sync.StepResult{Outcome: l.Outcome, Step: sync.Step{Number: l.Number, Key: l.Key, Op: l.Operation, Call: callNamed(l.System, l.Call)}}
		if l.Why != "" || l.Unknown {
			s.Err = &toldFailure{l.Why, l.Unknown}
		}
		r.Steps = append(r.Steps, s)
	}
	slices.SortFunc(r.Steps, func(a, b sync.StepResult) int { return cmp.Compare(a.Step.Number, b.Step.Number) })
	for _, s := range r.Steps {
		p.Steps = append(p.Steps, s.Step)
	}
	for _, back := range e.ReadBack {
		read := sync.ReadBack{Key: back.Key, Status: back.Status, Unseen: back.Unseen}
		for _, f := range back.Fields {
			read.Fields = append(read.Fields, diff.Field{Path: f.Path, Before: t.value(back.Key, f.Path, f.Got), After: t.value(back.Key, f.Path, f.Wanted)})
		}
		r.ReadBack = append(r.ReadBack, read)
	}
	for _, text := range e.Errors {
		r.Errors = append(r.Errors, errors.New(text))
	}
	return p, r
}

// toldFailure is why a call did not do its work.
type toldFailure struct {
	why     string
	unknown bool
}

func (e *toldFailure) Error() string       { return e.why }
func (e *toldFailure) EffectUnknown() bool { return e.unknown }
