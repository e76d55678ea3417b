package planfile

import (
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/sync"
)

// jsonRehearsal is what came of making a plan's calls on a copy of live.
type jsonRehearsal struct {
	Without     string           `json:"without,omitempty" doc:"Why the plan was not rehearsed. Missing where it was."`
	Readings    int              `json:"readings" doc:"How many combinations there are of the answers of quirks."`
	AsWanted    int              `json:"asWanted" doc:"Under how many of them the plan ends as wanted."`
	Untried     int              `json:"untried,omitempty" doc:"About how many of them nothing is said, since they are too many. Missing where it is none."`
	Quirks      []quirk.Name     `json:"quirks" doc:"The quirks that are not known and matter to the calls."`
	Divergences []jsonDivergence `json:"divergences" doc:"The ways in which the plan does not end as wanted."`
}

// jsonDivergence is a way in which the plan does not end as wanted.
type jsonDivergence struct {
	What   sync.DivergenceKind `json:"what" doc:"A call is refused, what was written reads otherwise, something is lost that the plan is not about, or the next plan has something to do."`
	Key    schema.Key          `json:"object" doc:"The object, as KIND/NAME; empty where it is about none."`
	Path   schema.Path         `json:"path,omitempty" doc:"The field. Missing where it is about the object as a whole."`
	Text   string              `json:"text" doc:"What comes of it."`
	Under  []quirk.Set         `json:"under" doc:"The answers of quirks under which it ends so, each with those that decide; empty where it ends so under each."`
	Advice string              `json:"advice" doc:"What can be done."`
}

func rehearsalJSON(r *sync.Rehearsal) *jsonRehearsal {
	if r == nil {
		return nil
	}
	return &jsonRehearsal{r.Without, r.Readings, r.AsWanted, r.Untried, listed(r.Quirks), each(r.Divergences, func(d sync.Divergence) jsonDivergence {
		return jsonDivergence{d.What, d.Key, d.Path, d.Text, listed(d.Under), d.What.Advice()}
	})}
}

func rehearsal(r *jsonRehearsal) *sync.Rehearsal {
	if r == nil {
		return nil
	}
	found := list.Each(r.Divergences, func(d jsonDivergence) sync.Divergence {
		return sync.Divergence{What: d.What, Key: d.Key, Path: d.Path, Text: d.Text, Under: d.Under}
	})
	return &sync.Rehearsal{Without: r.Without, Quirks: r.Quirks, Readings: r.Readings, AsWanted: r.AsWanted, Untried: r.Untried, Divergences: found}
}
