package planfile

import (
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync"
)

// jsonRehearsal is what came of making a plan's calls on a copy of live.
type jsonRehearsal struct {
	Without     string           `json:"without,omitempty"`
	Readings    int              `json:"readings"`
	AsWanted    int              `json:"asWanted"`
	Untried     int              `json:"untried,omitempty"`
	Quirks      []quirk.Name     `json:"quirks"`
	Divergences []jsonDivergence `json:"divergences"`
}

// jsonDivergence is a way in which the plan does not end as wanted.
type jsonDivergence struct {
	What   sync.DivergenceKind `json:"what"`
	Key    schema.Key          `json:"object"`
	Path   schema.Path         `json:"path,omitempty"`
	Text   string              `json:"text"`
	Under  []quirk.Set         `json:"under"`
	Advice string              `json:"advice"`
}

func rehearsalJSON(r *sync.Rehearsal) *jsonRehearsal {
	if r == nil {
		return nil
	}
	out := &jsonRehearsal{r.Without, r.Readings, r.AsWanted, r.Untried, append([]quirk.Name{}, r.Quirks...), []jsonDivergence{}}
	for _, d := range r.Divergences {
		out.Divergences = append(out.Divergences, jsonDivergence{d.What, d.Key, d.Path, d.Text, append([]quirk.Set{}, d.Under...), d.What.Advice()})
	}
	return out
}

func rehearsal(r *jsonRehearsal) *sync.Rehearsal {
	if r == nil {
		return nil
	}
	out := &sync.Rehearsal{Without: r.Without, Quirks: r.Quirks, Readings: r.Readings, AsWanted: r.AsWanted, Untried: r.Untried}
	for _, d := range r.Divergences {
		out.Divergences = append(out.Divergences, sync.Divergence{What: d.What, Key: d.Key, Path: d.Path, Text: d.Text, Under: d.Under})
	}
	return out
}
