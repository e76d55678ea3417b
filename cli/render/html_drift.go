package render

import (
	"io"
	"slices"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/schema/list"
	"authsync/sync"
)

// HTMLDrift writes drift as a page.
func HTMLDrift(w io.Writer, drift sync.FleetDrift, language lang.Language) error {
	look, all := Palette{Language: language}, drift.Environments
	p := &htmlPage{palette: look, Heading: legible(look.say("Drift")), Title: legible(driftTitle(all, look)), Sandbox: sync.SandboxOf(all), Of: environmentWords, Still: legible(look.say("nothing moved")),
		Legend: legible(look.say("+ appeared, ~ changed, - vanished, ± another object of the same name."))}
	p.Limits = htmlPart(drift.Part, len(all), look)
	if len(all) > 0 {
		p.Limits = append(p.Limits, htmlLimits(all[0].Limits, look)...)
	}
	groups := newGroups(p)
	for _, d := range all {
		causeAlerts(groups, d.Name, d.Causes())
		for _, f := range d.Findings {
			groups.finding(d.Name, f)
		}
		removedAlert(groups, d.Name, d.Removed)
		groups.add(driftMember(d), driftTold(d, look))
	}
	groups.end()
	return p.write(w)
}

func driftMember(d *sync.Drifted) htmlMember {
	m := htmlMember{Name: tell(d.Name)}
	if d.EnvID != d.Name {
		m.EnvID = tell(d.EnvID)
	}
	return m
}

// driftTold returns what is told of an environment; nil = nothing.
func driftTold(d *sync.Drifted, p Palette) *htmlTold {
	if !detailed(d) {
		return nil
	}
	t := &htmlTold{Counts: tell(driftSummary(d, p)), State: legible(p.say("nothing moved"))}
	switch {
	case len(d.Errors) > 0:
		t.State, t.Pressing = legible(p.say("could not be compared")), true
	case d.Breaks():
		t.State, t.Pressing = legible(p.say("breaks a policy")), true
	case len(d.Moves) > 0:
		t.State, t.Pressing = legible(p.say("moved")), true
	}
	t.Objects = list.Each(d.Moves, func(m sync.Move) htmlObject { return htmlMove(m, p) })
	t.Notes = slices.Concat(list.Each(d.Findings, func(f *schema.Fault) htmlLine {
		return htmlLine{Lead: legible(p.say(f.Severity.String())), Text: tell(f.Error())}
	}), list.Each(uncomparedTexts(d.Uncompared), plainLine), list.Each(d.Notes, noteLine))
	return t
}

var (
	wasColumn = fieldColumn{"applied", func(f diff.Field) string {
		if schema.IsSecret(f.Before) {
			return displayGone(f.Before)
		}
		return sidesOf(f.Before, f.After).before
	}, nil}
	isColumn   = fieldColumn{"live", func(f diff.Field) string { return sidesOf(f.Before, f.After).after }, nil}
	cameColumn = fieldColumn{"live", func(f diff.Field) string { return displayGone(f.After) }, nil}
)

func htmlMove(m sync.Move, p Palette) htmlObject {
	motion := motions[m.What]
	o := htmlObject{Kind: legible(m.Key.Kind), Count: 1, Glyph: legible(motion.glyph), Word: legible(p.say(string(m.What))), Key: tell(m.Key.Spelled())}
	var remarks []string
	if m.What == sync.Replaced {
		remarks = append(remarks, p.Language.Sayf("its id was %s, is %s", m.WasID, m.ID))
	}
	if !m.Applied.IsZero() {
		remarks = append(remarks, p.Language.Sayf("applied %s by %s", m.Applied.UTC().Format(time.RFC3339), byVersion(m.Version)))
	}
	o.Remark = tell(strings.Join(remarks, "; "))
	if m.What == sync.Appeared {
		o.fields(m.Fields, []fieldColumn{pathColumn, cameColumn}, p)
		return o
	}
	o.fields(m.Fields, []fieldColumn{pathColumn, wasColumn, isColumn}, p)
	o.lines(m.Fields)
	return o
}
