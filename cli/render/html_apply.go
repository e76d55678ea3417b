package render

import (
	"io"

	"authsync/diff"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
)

// HTMLApplied writes the results of a run as a page: its plan, with the outcome of each
// call, and what is not as wanted.
func HTMLApplied(w io.Writer, a sync.Applied, language lang.Language) error {
	look := Palette{Language: language}
	plan, title := &sync.Plan{}, look.Language.Say("nothing written")
	if a.Plan != nil {
		plan, title = a.Plan, endings(a, look)
	}
	p := planPage(look.say("Apply"), title, plan, look)
	groups := newGroups(p)
	for _, line := range a.Why() {
		groups.alert(undoneAlerts, "", htmlLine{Text: tell(line)})
	}
	for i, env := range plan.Environments {
		planAlerts(groups, env)
		t := planTold(env, look)
		if t != nil {
			t.report(a.Report(i), a.Ending(i), look)
		}
		groups.add(planMember(env), t)
	}
	groups.end()
	return p.write(w)
}

var (
	wantedColumn = fieldColumn{"wanted", func(f diff.Field) string { return sidesOf(f.Before, f.After).after }, nil}
	gotColumn    = fieldColumn{"got", func(f diff.Field) string { return sidesOf(f.Before, f.After).before }, nil}
)

// report adds what an apply did to what is told of an environment.
func (t *htmlTold) report(r *sync.Report, ending sync.Ending, p Palette) {
	t.State, t.Pressing = legible(p.say(string(ending))), ending == sync.PartlyDone || ending == sync.NothingWritten
	outcomes := map[int]sync.StepResult{}
	for _, s := range r.Steps {
		outcomes[s.Step.Number] = s
	}
	for _, level := range t.Levels {
		for i := range level.Calls {
			call := &level.Calls[i]
			s := outcomes[call.Number]
			call.Outcome = legible(p.say(string(s.Outcome)))
			call.Bad = s.Outcome == sync.Failed || s.Outcome == sync.Refused
			if s.Err != nil {
				call.Why = tell(s.Err.Error())
			}
		}
	}
	for _, back := range r.ReadBack {
		if back.Status.Fine() {
			continue
		}
		o := htmlObject{Word: legible(p.say(string(back.Status))), Key: tell(back.Key.Spelled())}
		o.fields(back.Fields, []fieldColumn{pathColumn, wantedColumn, gotColumn}, p)
		o.lines(back.Fields)
		t.ReadBack = append(t.ReadBack, o)
	}
	for _, s := range r.Settled {
		t.Notes = append(t.Notes, htmlLine{Names: []legible{tell(s.Object)}, Text: tell("step " + s.Call + " of the run before: " + string(s.Verdict))})
	}
	t.Notes = append(t.Notes, list.Each(reportNotes(r), plainLine)...)
}
