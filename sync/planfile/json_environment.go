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
		Gates:   []jsonGate{}, Refusals: []jsonRefusal{}, Errors: []string{}, Unread: p.Unread, Changes: []jsonChange{},
		Steps: []jsonStep{}, Notes: notesJSON(p.Notes), Unmanaged: append([]schema.Key{}, p.Unmanaged...),
	}
	env.Destinations, env.Seals = destinationsJSON(p)
	for _, g := range p.Gates {
		env.Gates = append(env.Gates, jsonGate{g.Name, g.Allow, g.Allowed, g.Key, pathsJSON(g.Fields), g.Text})
	}
	for _, r := range p.Refusals {
		env.Refusals = append(env.Refusals, jsonRefusal{r.Key, pathsJSON(r.Fields), r.Text, r.Rule})
	}
	env.Errors, env.Causes = causesJSON(p.Causes())
	for _, c := range p.Changes {
		env.Changes = append(env.Changes, jsonChange{c.Key, c.Action, fieldsJSON(c.Fields)})
	}
	for _, s := range p.Steps {
		env.Steps = append(env.Steps, stepJSON(s))
	}
	for _, key := range p.Unmanaged {
		if p.IsBuiltin(key) {
			env.Builtin = append(env.Builtin, key)
		}
	}
	env.Overlaps = overlapsJSON(p.Overlaps)
	env.Removed = removedJSON(p.Removed)
	env.WaysIn, env.Rehearsal = waysInJSON(p.WaysIn), rehearsalJSON(p.Rehearsal)
	env.Accepted = acceptedJSON(p.Accepted)
	env.NotCompared, env.Unreadable = uncomparedJSON(p.Uncompared), slices.Sorted(maps.Keys(p.Unreadable))
	return env
}

// jsonAccepted is drift that git takes over.
type jsonAccepted struct {
	Key    schema.Key  `json:"object"`
	Fields []jsonField `json:"fields"`
}

func acceptedJSON(all []sync.Accepted) []jsonAccepted {
	return list.Each(all, func(a sync.Accepted) jsonAccepted { return jsonAccepted{a.Key, fieldsJSON(a.Fields)} })
}

// jsonRemoved is what git no longer names though it was applied from here.
type jsonRemoved struct {
	Key    schema.Key      `json:"object"`
	Path   schema.Path     `json:"path,omitempty"`
	Live   json.RawMessage `json:"live,omitempty"`
	Unread string          `json:"unread,omitempty"`
	Ack    string          `json:"ack,omitempty"`
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
	fields := []jsonField{}
	for _, f := range all {
		field := jsonField{Path: f.Path, Before: schema.RedactJSON(f.Before), After: schema.RedactJSON(f.After), Origin: f.Origin}
		if f.Applied != nil {
			field.Applied = schema.RedactJSON(f.Applied)
		}
		fields = append(fields, field)
	}
	return fields
}

func notesJSON(all []sync.Note) []jsonNote {
	notes := []jsonNote{}
	for _, n := range all {
		notes = append(notes, jsonNote{n.Key, n.Code, pathsJSON(n.Fields), n.Text})
	}
	return notes
}

// pathsJSON is a list in JSON even of none.
func pathsJSON(paths []schema.Path) []schema.Path { return append([]schema.Path{}, paths...) }

func stepJSON(s sync.Step) jsonStep {
	keeps := list.Each(s.Overlaps, func(o sync.Overlapping) jsonKept { return jsonKept{o.ID, o.For, timeText(o.Ends)} })
	return jsonStep{
		Number: s.Number, Level: s.Level, Key: s.Key, Operation: s.Op, Phase: s.Phase,
		Fields: append([]string{}, s.Fields...), After: append([]int{}, s.After...), Completed: s.Basis == sync.Fresh, Keeps: keeps,
		Call: jsonCall{s.Call.System, s.Call.Action, s.Call.Method, s.Call.Path, schema.RedactJSON(s.Call.Body)},
	}
}
