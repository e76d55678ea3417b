package planfile

import (
	"encoding/json"
	"io"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// DriftFormatVersion is the version of the JSON of drift and diff. It grows when a
// reader of the old format would misread the new one.
const DriftFormatVersion = 1

// jsonDrift is the JSON form of drift; docs/drift-format.md describes it.
type jsonDrift struct {
	FormatVersion int                    `json:"formatVersion"`
	Tool          string                 `json:"tool"`
	Version       string                 `json:"version"`
	Sandbox       string                 `json:"sandbox,omitempty"`
	Shard         *schema.Shard          `json:"shard,omitempty"`
	Shards        *sync.Joined           `json:"shards,omitempty"`
	Drifted       bool                   `json:"drifted"`
	Environments  []jsonDriftEnvironment `json:"environments"`
}

type jsonDriftEnvironment struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	EnvID string `json:"envId,omitempty"`
	// Sandbox is that of the run, for who reads the environment by itself.
	Sandbox string `json:"sandbox,omitempty"`
	// Targets and Excluded are what the user limited the run to.
	Targets     []schema.Key      `json:"targets,omitempty"`
	Excluded    []schema.Key      `json:"excluded,omitempty"`
	Applied     string            `json:"applied,omitempty"`
	AppliedBy   string            `json:"appliedBy,omitempty"`
	Errors      []string          `json:"errors"`
	Causes      []jsonCause       `json:"causes,omitempty"`
	Moves       []jsonMove        `json:"moves"`
	NotCompared []sync.Uncompared `json:"notCompared"`
	Removed     []jsonRemoved     `json:"removed,omitempty"`
	Notes       []sync.Note       `json:"notes"`
	Overlaps    []jsonOverlap     `json:"overlaps,omitempty"`
	Findings    []Finding         `json:"findings,omitempty"`
}

type jsonMove struct {
	Key       schema.Key       `json:"object"`
	What      sync.Motion      `json:"what"`
	Applied   string           `json:"applied,omitempty"`
	AppliedBy string           `json:"appliedBy,omitempty"`
	ID        string           `json:"id,omitempty"`
	WasID     string           `json:"wasId,omitempty"`
	Fields    []jsonMovedField `json:"fields"`
}

type jsonMovedField struct {
	Path    schema.Path     `json:"path"`
	Applied json.RawMessage `json:"applied"`
	Live    json.RawMessage `json:"live"`
}

// WriteDriftJSON writes drift as JSON for programs. Secrets are words in parentheses.
// The same drift always gives the same bytes.
func WriteDriftJSON(w io.Writer, drift sync.FleetDrift, version string) error {
	out := jsonDrift{FormatVersion: DriftFormatVersion, Tool: "authsync", Version: version, Sandbox: sync.SandboxOf(drift.Environments), Shard: shardJSON(drift.Part), Shards: joinedJSON(drift.Part), Environments: []jsonDriftEnvironment{}}
	for _, d := range drift.Environments {
		out.Drifted = out.Drifted || len(d.Moves) > 0
		out.Environments = append(out.Environments, driftedJSON(d))
	}
	return schema.WriteJSON(w, out, "  ")
}

// WriteDriftLines writes the drift of each environment as a JSON object in a line of its
// own: as it is among the environments of the drift's JSON.
func WriteDriftLines(w io.Writer, drift sync.FleetDrift, _ string) error {
	for _, d := range drift.Environments {
		if err := schema.WriteJSON(w, driftedJSON(d), ""); err != nil {
			return err
		}
	}
	return nil
}

func driftedJSON(d *sync.Drifted) jsonDriftEnvironment {
	env := jsonDriftEnvironment{
		Name: d.Name, File: d.File, EnvID: d.EnvID, Sandbox: d.Sandbox, Targets: d.Limits.Targets, Excluded: d.Limits.Excluded, Applied: timeText(d.Applied), AppliedBy: d.Version,
		Moves: each(d.Moves, moveJSON), NotCompared: listed(d.Uncompared), Removed: removedJSON(d.Removed), Notes: notesJSON(d.Notes),
		Overlaps: overlapsJSON(d.Overlaps), Findings: FindingsOf(d.Findings),
	}
	env.Errors, env.Causes = causesJSON(d.Causes())
	return env
}

func moveJSON(m sync.Move) jsonMove {
	fields := each(m.Fields, func(f diff.Field) jsonMovedField {
		return jsonMovedField{f.Path, schema.RedactJSON(f.Before), schema.RedactJSON(f.After)}
	})
	return jsonMove{Key: m.Key, What: m.What, Applied: timeText(m.Applied), AppliedBy: m.Version, ID: m.ID, WasID: m.WasID, Fields: fields}
}

// timeText formats a time as in the lock; "" for the zero time.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func errorTexts(errs []error) []string {
	return each(errs, error.Error)
}

// jsonDiff is the JSON form of a plan's changes alone.
type jsonDiff struct {
	FormatVersion int                   `json:"formatVersion"`
	Tool          string                `json:"tool"`
	Version       string                `json:"version"`
	Sandbox       string                `json:"sandbox,omitempty"`
	Different     bool                  `json:"different"`
	Environments  []jsonDiffEnvironment `json:"environments"`
}

type jsonDiffEnvironment struct {
	Name        string            `json:"name"`
	File        string            `json:"file"`
	EnvID       string            `json:"envId,omitempty"`
	Errors      []string          `json:"errors"`
	Causes      []jsonCause       `json:"causes,omitempty"`
	Changes     []jsonChange      `json:"changes"`
	NotCompared []sync.Uncompared `json:"notCompared"`
	Removed     []jsonRemoved     `json:"removed,omitempty"`
}

// WriteDiffJSON writes the changes of a plan, without the calls. The same plan always
// gives the same bytes.
func WriteDiffJSON(w io.Writer, p *sync.Plan, version string) error {
	out := jsonDiff{FormatVersion: DriftFormatVersion, Tool: "authsync", Version: version, Sandbox: p.Sandbox(), Environments: []jsonDiffEnvironment{}}
	for _, env := range p.Environments {
		full := environmentJSON(env)
		part := jsonDiffEnvironment{
			Name: full.Name, File: full.File, EnvID: full.EnvID,
			Errors: append(full.Errors, errorTexts(env.Unjudged())...), Causes: full.Causes, Changes: full.Changes, NotCompared: listed(env.Uncompared), Removed: full.Removed,
		}
		out.Different = out.Different || len(env.Changes) > 0
		out.Environments = append(out.Environments, part)
	}
	return schema.WriteJSON(w, out, "  ")
}
