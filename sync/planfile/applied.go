package planfile

import (
	"encoding/json"
	"errors"
	"io"
	"reflect"

	"authsync/diff"
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
	FormatVersion int              `json:"formatVersion" doc:"Grows when a reader of the old format would misread the new one. New names alone do not make it grow."`
	Tool          string           `json:"tool" doc:"authsync."`
	Version       string           `json:"version" doc:"The version of authsync that ran."`
	Sandbox       string           `json:"sandbox,omitempty" doc:"The identity of the sandbox that played the services: nothing real was touched. Missing where they were spoken to themselves."`
	Shard         *schema.Shard    `json:"shard,omitempty" doc:"Which part of a fleet the run was for: --shard. Missing where it was for all."`
	Shards        *sync.Joined     `json:"shards,omitempty" doc:"Whose results were joined: report merge. Missing in those of one run."`
	Complete      bool             `json:"complete" doc:"Whether everything is as wanted now: the exit code is 0."`
	ExitCode      int              `json:"exitCode" doc:"The exit code of the run."`
	Errors        []string         `json:"errors" doc:"What the run said at its end, each cause once, such as why it was refused."`
	Environments  []jsonAppliedEnv `json:"environments" doc:"The environments, by name. None where the run did not come to a plan."`
}

type jsonAppliedEnv struct {
	Name     string         `json:"name" doc:"Its name in its manifest."`
	File     string         `json:"file" doc:"The manifest, as its path was given."`
	EnvID    string         `json:"envId,omitempty" doc:"The id of the CloudBase environment, if it has one."`
	Status   sync.Ending    `json:"standing" doc:"How it stands now."`
	Written  []jsonWritten  `json:"written" doc:"The calls that did their work, in order."`
	ReadBack []jsonReadBack `json:"readBack" doc:"The objects that were read again after they were written."`
	Left     []jsonLeft     `json:"left" doc:"The calls that did not do their work, or of which that is not known, in order."`
	Overlaps []jsonOverlap  `json:"overlaps,omitempty" doc:"Objects that another one took the place of, and that lived on beside it when the plan was made. Missing where there is none."`
	Errors   []string       `json:"errors" doc:"Failures outside of calls: reads, the lock, the journal."`
}

// jsonWritten is a call that succeeded.
type jsonWritten struct {
	Number    int          `json:"number" doc:"The number of the step in the plan."`
	Key       schema.Key   `json:"object" doc:"The object, as KIND/NAME."`
	Operation sync.Op      `json:"operation" doc:"What the call did to the object."`
	System    string       `json:"system" doc:"Of which service."`
	Call      string       `json:"call" doc:"The action, or the method and the path."`
	Outcome   sync.Outcome `json:"outcome" doc:"How it is known that the work was done."`
}

// jsonReadBack is what a read after the writes showed of an object.
type jsonReadBack struct {
	Key    schema.Key          `json:"object" doc:"The object, as KIND/NAME."`
	Status sync.ReadBackStatus `json:"standing" doc:"What the read shows."`
	Fields []jsonGot           `json:"fields" doc:"The fields that are not as wanted."`
	Unseen []schema.Path       `json:"unseen,omitempty" doc:"Secrets that a read cannot show. Missing where there is none."`
}

// jsonGot is a field that is not as wanted.
type jsonGot struct {
	Path   schema.Path     `json:"path" doc:"Where in the object, as in the manifest."`
	Wanted json.RawMessage `json:"wanted" doc:"The value that was sent."`
	Got    json.RawMessage `json:"got" doc:"The value that was read."`
}

// jsonLeft is a step that did not do its work.
type jsonLeft struct {
	Number    int          `json:"number" doc:"The number of the step in the plan."`
	Key       schema.Key   `json:"object" doc:"The object, as KIND/NAME."`
	Operation sync.Op      `json:"operation" doc:"What the call would have done to the object."`
	System    string       `json:"system" doc:"Of which service."`
	Call      string       `json:"call" doc:"The action, or the method and the path."`
	Outcome   sync.Outcome `json:"outcome" doc:"What became of the step."`
	Unknown   bool         `json:"unknown" doc:"Whether the work may have been done all the same: the answer was lost."`
	Why       string       `json:"why,omitempty" doc:"Why. Missing where no step was begun; the errors of the whole say it then."`
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
	return schema.WriteJSON(w, out, "  ")
}

func appliedEnvironment(a sync.Applied, i int) jsonAppliedEnv {
	p, r := a.Plan.Environments[i], a.Report(i)
	env := jsonAppliedEnv{
		Name: p.Name, File: p.File, EnvID: p.EnvID, Status: a.Ending(i),
		Written: []jsonWritten{}, ReadBack: each(r.ReadBack, readBackJSON), Left: []jsonLeft{}, Overlaps: overlapsJSON(p.Overlaps),
		Errors: append(errorTexts(p.Errors), errorTexts(r.Errors)...),
	}
	for _, s := range r.Steps {
		if s.Outcome == sync.Done || s.Outcome == sync.Settled {
			env.Written = append(env.Written, jsonWritten{s.Step.Number, s.Step.Key, s.Step.Op, s.Step.Call.System, s.Step.Call.String(), s.Outcome})
		} else {
			env.Left = append(env.Left, leftJSON(s))
		}
	}
	return env
}

func readBackJSON(back sync.ReadBack) jsonReadBack {
	fields := each(back.Fields, func(f diff.Field) jsonGot {
		return jsonGot{f.Path, schema.RedactJSON(f.After), schema.RedactJSON(f.Before)}
	})
	return jsonReadBack{Key: back.Key, Status: back.Status, Fields: fields, Unseen: back.Unseen}
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
		root: reflect.TypeFor[jsonApplied](), version: AppliedFormatVersion, id: AppliedSchemaID, title: "authsync apply",
		description: "What authsync apply --format json=FILE writes: what was written, read back and left in each environment. No secret is in it.",
	}.text()
}
