package planfile

import (
	"authsync/audit"
	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

func ReadDrift(text []byte) (sync.FleetDrift, error) {
	var in jsonDrift
	if err := readReport(text, &in, DriftFormatVersion); err != nil {
		return sync.FleetDrift{}, err
	}
	var t teller
	drift := sync.FleetDrift{Part: partTold(in.Shard, in.Shards)}
	for _, e := range in.Environments {
		drift.Environments = append(drift.Environments, t.drifted(e, in.Sandbox))
	}
	return drift, t.err
}

func (t *teller) drifted(e jsonDriftEnvironment, sandbox string) *sync.Drifted {
	d := &sync.Drifted{
		Name: e.Name, File: e.File, EnvID: e.EnvID, Sandbox: sandbox, Applied: t.time(e.Applied), Version: e.AppliedBy,
		Limits: sync.Limits{Targets: e.Targets, Excluded: e.Excluded},
		Errors: failures(e.Errors, e.Causes), Uncompared: e.NotCompared, Removed: t.removed(e.Removed),
		Notes: e.Notes, Overlaps: t.overlaps(e.Overlaps),
	}
	d.AsReported()
	for _, m := range e.Moves {
		move := sync.Move{Key: m.Key, What: m.What, Applied: t.time(m.Applied), Version: m.AppliedBy, ID: m.ID, WasID: m.WasID}
		for _, f := range m.Fields {
			move.Fields = append(move.Fields, diff.Field{Path: f.Path, Before: t.value(m.Key, f.Path, f.Applied), After: t.value(m.Key, f.Path, f.Live)})
		}
		d.Moves = append(d.Moves, move)
	}
	for _, f := range e.Findings {
		d.Findings = append(d.Findings, f.fault())
	}
	return d
}

func (f Finding) fault() *schema.Fault {
	fault := &schema.Fault{Pos: schema.Position{File: f.File, Line: f.Line, Column: f.Column}, Path: f.Path, Text: f.Text, Env: f.Environment}
	if f.Rule != audit.Manifest {
		fault.Rule = f.Rule
	}
	if f.Level == schema.Doubtful.String() {
		fault.Severity = schema.Doubtful
	}
	return fault
}
