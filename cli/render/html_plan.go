package render

import (
	"cmp"
	"io"
	"strings"

	"authsync/cli/say"
	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
)

// HTMLPlan writes a plan as a page.
func HTMLPlan(w io.Writer, plan *sync.Plan, language lang.Language) error {
	look := Palette{Language: language}
	p := planPage(look.say("Plan"), planTitle(plan, look), plan, look)
	groups := newGroups(p)
	sinceAlerts(groups, plan.Since)
	for _, env := range plan.Environments {
		planAlerts(groups, env)
		groups.add(planMember(env, look), planTold(env, look))
	}
	groups.end()
	return p.write(w)
}

var environmentWords = [2]string{"1 environment", "%s environments"}

func planPage(heading say.Own, title string, plan *sync.Plan, p Palette) *htmlPage {
	page := &htmlPage{palette: p, Heading: legible(heading), Title: tell(title), Sandbox: plan.Sandbox(), Of: environmentWords, Still: legible(p.say("nothing to do")),
		Legend: legible(p.say("+ create, ~ update, - delete, ± replace. An origin says who changed a field since the last apply: git, live (the service), or both."))}
	page.Limits = append(htmlPart(plan.Part, len(plan.Environments), p), headLimits(p.say("order"), waveLines(plan.Rollout, p))...)
	if plan.Digest != "" {
		page.Limits = append(page.Limits, htmlLimit{legible(p.say("digest")), []legible{legible(plan.Digest)}, ""})
	}
	if plan.Since != nil {
		page.Limits = append(page.Limits, htmlLimit{legible(p.say("since")), []legible{legible(sinceText(plan.Since))}, legible(": " + sinceCount(plan, p))})
	}
	if len(plan.Environments) > 0 {
		page.Limits = append(page.Limits, htmlLimits(plan.Environments[0].Limits, p)...)
	}
	return page
}

// sinceAlerts adds the manifests that git has no longer.
func sinceAlerts(g *htmlGroups, since *sync.Since) {
	if since == nil {
		return
	}
	for _, d := range since.Deleted {
		g.alert(removedAlerts, "", htmlLine{Names: tellAll([]string{d.Name, d.File}), Text: legible(g.page.palette.say(ofDeleted))})
	}
}

func htmlLimits(l sync.Limits, p Palette) []htmlLimit {
	return list.Each(limitLines(l), func(line limitLine) htmlLimit {
		few, more := sync.Few(line.keys)
		return htmlLimit{legible(p.say(line.title)), tellAll(few), legible(more)}
	})
}

// headLimits are lines that stand in the head of a page under one title.
func headLimits(title say.Own, lines []string) []htmlLimit {
	return list.Each(lines, func(line string) htmlLimit { return htmlLimit{Title: legible(title), Keys: []legible{tell(line)}} })
}

// planAlerts adds what a reviewer must see first.
func planAlerts(g *htmlGroups, env *sync.EnvironmentPlan) {
	p := g.page.palette
	for _, gate := range env.Gates {
		line := htmlLine{Lead: legible(gate.Name), Names: named(gate.Key, gate.Fields), Text: tell(gate.Why(p.Language)), Hint: legible(p.say("allowed"))}
		if !gate.Allowed {
			line.Hint, line.Flag = legible(p.say("allow it with")), tell("--allow "+gate.Allow)
		}
		g.alert(gateAlerts, env.Name, line)
	}
	for _, r := range env.Refusals {
		g.alert(refusedAlerts, env.Name, htmlLine{Lead: tell(r.Rule), Names: named(r.Key, r.Fields), Text: tell(r.Text)})
	}
	causeAlerts(g, env.Name, env.Causes())
	rehearsalAlerts(g, env)
	acceptedAlert(g, env)
	for _, f := range outsideFields(env.Changes) {
		g.alert(outsideAlerts, env.Name, htmlLine{Lead: legible(originWord[f.origin]), Names: named(f.key, f.path),
			Text: legible(p.sayf("is %s, becomes %s", shown(f.before), shown(f.after)))})
	}
	removedAlert(g, env.Name, env.Removed)
}

func causeAlerts(g *htmlGroups, env string, causes []sync.Cause) {
	for _, cause := range causes {
		g.alert(unreadAlerts, env, htmlLine{Text: tell(cause.String()), Hint: tell(cause.Advice.In(g.page.palette.Language))})
	}
}

func removedAlert(g *htmlGroups, env string, removed []sync.Removed) {
	if text := removedText(removed); text != "" {
		g.alert(removedAlerts, env, htmlLine{Text: tell(text)})
	}
}

// named are an object and its fields, if there are any.
func named(key schema.Key, fields []schema.Path) []legible { return tellAll(namesOf(key, fields)) }

func plainLine(text string) htmlLine { return htmlLine{Text: tell(text)} }

func noteLine(n sync.Note) htmlLine { return htmlLine{Names: named(n.Key, nil), Text: tell(n.Text)} }

func planMember(env *sync.EnvironmentPlan, p Palette) htmlMember {
	m := htmlMember{Name: tell(env.Name), GoesTo: tell(goesTo(env, p, plainly)), SealsTo: tell(sealsTo(env, p, plainly)),
		Changed: tellAll(env.ChangedFiles)}
	if env.EnvID != env.Name {
		m.EnvID = tell(env.EnvID)
	}
	for _, s := range env.Steps {
		if body := bodyText(s); body != "" {
			m.Bodies = append(m.Bodies, htmlBody{s.Number, tell(s.Call.String()), body})
		}
	}
	return m
}

// planTold returns what is told of an environment; nil = nothing.
func planTold(env *sync.EnvironmentPlan, p Palette) *htmlTold {
	state, pressing := planState(env, p)
	if len(env.Changes)+len(env.Steps)+len(env.Notes)+len(env.Unmanaged)+unacknowledged(env.Removed) == 0 && !pressing && goesTo(env, p, plainly) == "" {
		return nil
	}
	t := &htmlTold{Counts: cmp.Or(legible(strings.Join(countsOf(env, len(env.Notes), p), ", ")), legible(state)), State: legible(state), Pressing: pressing, Levels: htmlLevels(env.Steps), WaysIn: htmlWaysIn(env.WaysIn, p)}
	t.Gates = list.Each(gatesByName(env), func(same []sync.Gate) legible { return tell(same[0].Allow) })
	t.Objects = list.Each(env.Changes, func(c diff.Change) htmlObject { return htmlChange(c, unreadMark(env, c.Key, p), p) })
	t.Notes = list.Each(env.Notes, noteLine)
	if len(env.Unmanaged) > 0 {
		t.Notes = append(t.Notes, htmlLine{Lead: legible(p.say("unmanaged, left alone")), Names: tellAll(unmanaged(env))})
	}
	return t
}

func htmlChange(c diff.Change, remark string, p Palette) htmlObject {
	o := htmlObject{Kind: legible(c.Key.Kind), Count: 1, Glyph: legible(c.Action), Word: legible(p.say(c.Action.String())), Key: tell(c.Key.Spelled()), Remark: tell(remark)}
	o.fields(c.Fields, columnsOf(c), p)
	if c.Action == diff.Update || c.Action == diff.Replace {
		o.lines(c.Fields)
	}
	return o
}

func (o *htmlObject) fields(fields []diff.Field, columns []fieldColumn, p Palette) {
	o.Columns = list.Each(columns, func(c fieldColumn) htmlColumn { return p.column(c.name) })
	o.Rows = list.Each(fields, func(f diff.Field) []htmlField {
		return list.Each(columns, func(c fieldColumn) htmlField {
			return htmlField{Text: tell(c.text(f)), Own: c.loud != nil, Loud: c.loud != nil && c.loud(f)}
		})
	})
}

func (p Palette) column(name string) htmlColumn { return htmlColumn{name, legible(p.say(name))} }

func (o *htmlObject) lines(fields []diff.Field) {
	for _, f := range fields {
		if lines := sidesOf(f.Before, f.After).lines; lines != nil {
			o.Lines = append(o.Lines, htmlLines{tell(f.Path.Spelled()), tellAll(lines)})
		}
	}
}

// htmlLevels puts the steps that run at once together.
func htmlLevels(steps []sync.Step) [][]htmlCall {
	var levels [][]htmlCall
	for i, s := range steps {
		if i == 0 || s.Level != steps[i-1].Level || s.Level == 0 {
			levels = append(levels, nil)
		}
		last := &levels[len(levels)-1]
		*last = append(*last, htmlCall{Number: s.Number, Call: tell(s.Call.String()), Key: tell(s.Key.Spelled()), Fields: tell(strings.Join(stepFields(s), ", "))})
	}
	return levels
}

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
		groups.add(planMember(env, look), t)
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
		for i := range level {
			call := &level[i]
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
