package planfile

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"

	"authsync/schema"
	"authsync/sync"
)

// AppliedFormatVersion is the version of an apply's JSON. It grows when a reader of
// the old format would misread the new one.
const AppliedFormatVersion = 1

// AppliedSchemaID is the id of the JSON Schema of an apply's JSON; nothing can be
// fetched there.
const AppliedSchemaID = "urn:authsync:v1:apply"

// jsonApplied is the JSON form; docs/apply-format.md describes it.
type jsonApplied struct {
	FormatVersion int              `json:"formatVersion"`
	Tool          string           `json:"tool"`
	Version       string           `json:"version"`
	Sandbox       string           `json:"sandbox,omitempty"`
	Shard         *schema.Shard    `json:"shard,omitempty"`
	Shards        *jsonJoined      `json:"shards,omitempty"`
	Complete      bool             `json:"complete"`
	ExitCode      int              `json:"exitCode"`
	Errors        []string         `json:"errors"`
	Environments  []jsonAppliedEnv `json:"environments"`
}

type jsonAppliedEnv struct {
	Name     string         `json:"name"`
	File     string         `json:"file"`
	EnvID    string         `json:"envId,omitempty"`
	Status   sync.Ending    `json:"standing"`
	Written  []jsonWritten  `json:"written"`
	ReadBack []jsonReadBack `json:"readBack"`
	Left     []jsonLeft     `json:"left"`
	Overlaps []jsonOverlap  `json:"overlaps,omitempty"`
	Errors   []string       `json:"errors"`
}

// jsonWritten is a call that succeeded.
type jsonWritten struct {
	Number    int          `json:"number"`
	Key       schema.Key   `json:"object"`
	Operation sync.Op      `json:"operation"`
	System    string       `json:"system"`
	Call      string       `json:"call"`
	Outcome   sync.Outcome `json:"outcome"`
}

// jsonReadBack is what a read after the writes showed of an object.
type jsonReadBack struct {
	Key    schema.Key          `json:"object"`
	Status sync.ReadBackStatus `json:"standing"`
	Fields []jsonGot           `json:"fields"`
	Unseen []schema.Path       `json:"unseen,omitempty"`
}

// jsonGot is a field that is not as wanted.
type jsonGot struct {
	Path   schema.Path     `json:"path"`
	Wanted json.RawMessage `json:"wanted"`
	Got    json.RawMessage `json:"got"`
}

// jsonLeft is a step that did not do its work.
type jsonLeft struct {
	Number    int          `json:"number"`
	Key       schema.Key   `json:"object"`
	Operation sync.Op      `json:"operation"`
	System    string       `json:"system"`
	Call      string       `json:"call"`
	Outcome   sync.Outcome `json:"outcome"`
	Unknown   bool         `json:"unknown"`
	Why       string       `json:"why,omitempty"`
}

// WriteAppliedJSON writes the results of a run as JSON for programs. Secrets are words
// in parentheses.
func WriteAppliedJSON(w io.Writer, a sync.Applied, version string) error {
	out := jsonApplied{FormatVersion: AppliedFormatVersion, Tool: "authsync", Version: version, Shard: shardJSON(a.Part), Shards: joinedJSON(a.Part), Complete: a.Err == nil, ExitCode: a.ExitCode, Errors: a.Why(), Environments: []jsonAppliedEnv{}}
	if a.Plan != nil {
		out.Sandbox = a.Plan.Sandbox()
		for i := range a.Plan.Environments {
			out.Environments = append(out.Environments, appliedEnvironment(a, i))
		}
	}
	return indentedJSON(w, out)
}

func appliedEnvironment(a sync.Applied, i int) jsonAppliedEnv {
	p, r := a.Plan.Environments[i], a.Report(i)
	env := jsonAppliedEnv{
		Name: p.Name, File: p.File, EnvID: p.EnvID, Status: a.Ending(i),
		Written: []jsonWritten{}, ReadBack: []jsonReadBack{}, Left: []jsonLeft{}, Overlaps: overlapsJSON(p.Overlaps), Errors: []string{},
	}
	for _, s := range r.Steps {
		if s.Outcome == sync.Done || s.Outcome == sync.Settled {
			env.Written = append(env.Written, jsonWritten{s.Step.Number, s.Step.Key, s.Step.Op, s.Step.Call.System, s.Step.Call.String(), s.Outcome})
		} else {
			env.Left = append(env.Left, leftJSON(s))
		}
	}
	for _, back := range r.ReadBack {
		read := jsonReadBack{Key: back.Key, Status: back.Status, Fields: []jsonGot{}, Unseen: back.Unseen}
		for _, f := range back.Fields {
			read.Fields = append(read.Fields, jsonGot{f.Path, schema.RedactJSON(f.After), schema.RedactJSON(f.Before)})
		}
		env.ReadBack = append(env.ReadBack, read)
	}
	env.Errors = append(env.Errors, errorTexts(p.Errors)...)
	env.Errors = append(env.Errors, errorTexts(r.Errors)...)
	return env
}

func leftJSON(s sync.StepResult) jsonLeft {
	left := jsonLeft{Number: s.Step.Number, Key: s.Step.Key, Operation: s.Step.Op, System: s.Step.Call.System, Call: s.Step.Call.String(), Outcome: s.Outcome}
	if s.Err != nil {
		left.Why = s.Err.Error()
	}
	var u sync.Uncertain
	left.Unknown = s.Outcome == sync.Failed && errors.As(s.Err, &u) && u.EffectUnknown()
	return left
}

// AppliedSchema is the JSON Schema (2020-12) of what [WriteAppliedJSON] writes.
func AppliedSchema() ([]byte, error) {
	return published{
		root: reflect.TypeFor[jsonApplied](), docs: appliedDocs, id: AppliedSchemaID, title: "authsync apply",
		description: "What authsync apply --format json=FILE writes: what was written, read back and left in each environment. No secret is in it.",
	}.text()
}
