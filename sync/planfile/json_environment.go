package planfile

import (
	"encoding/json"
	"maps"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

func environmentJSON(p *sync.EnvironmentPlan) jsonEnvironment {
	env := jsonEnvironment{
		Name: p.Name, File: p.File, EnvID: p.EnvID, Sandbox: p.Sandbox, Targets: keyTexts(p.Limits.Targets), Excluded: keyTexts(p.Limits.Excluded), ChangedFiles: p.ChangedFiles,
		Summary: jsonSummary{p.Count(diff.Create), p.Count(diff.Update), p.Count(diff.Delete), p.Count(diff.Replace), len(p.Steps)},
		Gates:   []jsonGate{}, Refusals: []jsonRefusal{}, Errors: []string{}, Unread: p.Unread, Changes: []jsonChange{},
		Steps: []jsonStep{}, Notes: []jsonNote{}, Unmanaged: []string{},
	}
	env.Destinations, env.Seals = destinationsJSON(p)
	for _, g := range p.Gates {
		env.Gates = append(env.Gates, jsonGate{g.Name, g.Allow, g.Allowed, g.Key.String(), pathTexts(g.Fields), g.Text})
	}
	for _, r := range p.Refusals {
		env.Refusals = append(env.Refusals, jsonRefusal{r.Key.String(), pathTexts(r.Fields), r.Text, r.Rule})
	}
	env.Errors, env.Causes = causesJSON(p.Causes())
	for _, c := range p.Changes {
		change := jsonChange{Object: c.Key.String(), Action: c.Action.String(), Fields: []jsonField{}}
		for _, f := range c.Fields {
			change.Fields = append(change.Fields, fieldJSON(f))
		}
		env.Changes = append(env.Changes, change)
	}
	for _, s := range p.Steps {
		env.Steps = append(env.Steps, stepJSON(s))
	}
	for _, n := range p.Notes {
		env.Notes = append(env.Notes, jsonNote{n.Key.String(), n.Code, pathTexts(n.Fields), n.Text})
	}
	for _, key := range p.Unmanaged {
		env.Unmanaged = append(env.Unmanaged, key.String())
		if p.IsBuiltin(key) {
			env.Builtin = append(env.Builtin, key.String())
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
	Object string      `json:"object"`
	Fields []jsonField `json:"fields"`
}

func acceptedJSON(all []sync.Accepted) []jsonAccepted {
	var out []jsonAccepted
	for _, a := range all {
		one := jsonAccepted{a.Key.String(), []jsonField{}}
		for _, f := range a.Fields {
			one.Fields = append(one.Fields, fieldJSON(f))
		}
		out = append(out, one)
	}
	return out
}

// jsonRemoved is what git no longer names though it was applied from here.
type jsonRemoved struct {
	Object string          `json:"object"`
	Path   string          `json:"path,omitempty"`
	Live   json.RawMessage `json:"live,omitempty"`
	Unread string          `json:"unread,omitempty"`
	Ack    string          `json:"ack,omitempty"`
}

func removedJSON(all []sync.Removed) []jsonRemoved {
	var out []jsonRemoved
	for _, r := range all {
		one := jsonRemoved{Object: r.Key.String(), Unread: r.Unread, Ack: r.Ack}
		if len(r.Path) > 0 {
			one.Path, one.Live = r.Path.String(), schema.RedactJSON(r.Live)
		}
		out = append(out, one)
	}
	return out
}

func fieldJSON(f diff.Field) jsonField {
	field := jsonField{Path: f.Path.String(), Before: schema.RedactJSON(f.Before), After: schema.RedactJSON(f.After), Origin: f.Origin}
	if f.Applied != nil {
		field.Applied = schema.RedactJSON(f.Applied)
	}
	return field
}

func stepJSON(s sync.Step) jsonStep {
	var keeps []jsonKept
	for _, o := range s.Overlaps {
		keeps = append(keeps, jsonKept{o.ID, o.For, timeText(o.Ends)})
	}
	return jsonStep{
		Number: s.Number, Level: s.Level, Object: s.Key.String(), Operation: s.Op, Phase: s.Phase,
		Fields: append([]string{}, s.Fields...), After: append([]int{}, s.After...), Completed: s.Basis == sync.Fresh, Keeps: keeps,
		Call: jsonCall{s.Call.System, s.Call.Action, s.Call.Method, s.Call.Path, schema.RedactJSON(s.Call.Body)},
	}
}

func keyTexts(keys []schema.Key) []string {
	var texts []string
	for _, key := range keys {
		texts = append(texts, key.String())
	}
	return texts
}

func pathTexts(paths []schema.Path) []string {
	texts := make([]string, len(paths))
	for i, path := range paths {
		texts[i] = path.String()
	}
	return texts
}
