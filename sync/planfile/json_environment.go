package planfile

import (
	"encoding/json"
	"maps"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

func environmentJSON(p *sync.EnvironmentPlan) jsonEnvironment {
	env := jsonEnvironment{
		Name: p.Name, File: p.File, EnvID: p.EnvID, Sandbox: p.Sandbox, Targets: p.Limits.Targets, Excluded: p.Limits.Excluded, ChangedFiles: p.ChangedFiles,
		Summary: jsonSummary{p.Count(diff.Create), p.Count(diff.Update), p.Count(diff.Delete), p.Count(diff.Replace), len(p.Steps)},
		Gates:   each(p.Gates, gateJSON), Refusals: each(p.Refusals, refusalJSON), Unread: p.Unread, Changes: each(p.Changes, changeJSON),
		Steps: each(p.Steps, stepJSON), Notes: notesJSON(p.Notes), Unmanaged: listed(p.Unmanaged), Builtin: list.Only(p.Unmanaged, p.IsBuiltin),
		Overlaps: overlapsJSON(p.Overlaps), Removed: removedJSON(p.Removed), WaysIn: p.WaysIn, Rehearsal: rehearsalJSON(p.Rehearsal),
		Accepted: acceptedJSON(p.Accepted), NotCompared: p.Uncompared, Unreadable: slices.Sorted(maps.Keys(p.Unreadable)),
	}
	env.Destinations, env.Seals = destinationsJSON(p)
	env.Errors, env.Causes = causesJSON(p.Causes())
	return env
}

func gateJSON(g sync.Gate) sync.Gate {
	g.Fields = listed(g.Fields)
	return g
}

func refusalJSON(r sync.Refusal) sync.Refusal {
	r.Fields = listed(r.Fields)
	return r
}

func changeJSON(c diff.Change) jsonChange { return jsonChange{c.Key, c.Action, fieldsJSON(c.Fields)} }

// jsonAccepted is drift that git takes over.
type jsonAccepted struct {
	Key    schema.Key  `json:"object" doc:"The object, as KIND/NAME."`
	Fields []jsonField `json:"fields" doc:"The fields, with the applied value before and git's after; none where the object appeared after the last apply."`
}

func acceptedJSON(all []sync.Accepted) []jsonAccepted {
	return list.Each(all, func(a sync.Accepted) jsonAccepted { return jsonAccepted{a.Key, fieldsJSON(a.Fields)} })
}

// jsonRemoved is what git no longer names though it was applied from here.
type jsonRemoved struct {
	Key    schema.Key      `json:"object" doc:"The object, as KIND/NAME."`
	Path   schema.Path     `json:"path,omitempty" doc:"The field; missing where git has removed the whole object."`
	Live   json.RawMessage `json:"live,omitempty" doc:"What live keeps of the field, in the manifest's form. A secret is a word in parentheses."`
	Unread string          `json:"unread,omitempty" doc:"Why it is not known what live keeps; missing where it is."`
	Ack    string          `json:"ack,omitempty" doc:"Why that is as it should be, by the manifest's ack; missing where it says nothing."`
}

func removedJSON(all []sync.Removed) []jsonRemoved {
	var out []jsonRemoved
	for _, r := range all {
		one := jsonRemoved{Key: r.Key, Path: r.Path, Unread: r.Unread, Ack: r.Ack}
		if len(r.Path) > 0 {
			one.Live = schema.RedactJSON(r.Live)
		}
		out = append(out, one)
	}
	return out
}

func fieldsJSON(all []diff.Field) []jsonField {
	return each(all, func(f diff.Field) jsonField {
		field := jsonField{Path: f.Path, Before: schema.RedactJSON(f.Before), After: schema.RedactJSON(f.After), Origin: f.Origin}
		if f.Applied != nil {
			field.Applied = schema.RedactJSON(f.Applied)
		}
		return field
	})
}

func notesJSON(all []sync.Note) []sync.Note {
	return each(all, func(n sync.Note) sync.Note {
		n.Fields = listed(n.Fields)
		return n
	})
}

func stepJSON(s sync.Step) jsonStep {
	keeps := list.Each(s.Overlaps, func(o sync.Overlapping) jsonKept { return jsonKept{o.ID, o.For, timeText(o.Ends)} })
	return jsonStep{
		Number: s.Number, Level: s.Level, Key: s.Key, Operation: s.Op, Phase: s.Phase,
		Fields: listed(s.Fields), After: listed(s.After), Completed: s.Basis == sync.Fresh, Keeps: keeps,
		Call: jsonCall{s.Call.System, s.Call.Action, s.Call.Method, s.Call.Path, schema.RedactJSON(s.Call.Body)},
	}
}
