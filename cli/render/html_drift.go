package render

import (
	"io"
	"strings"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// HTMLDrift writes drift as a page.
func HTMLDrift(w io.Writer, all []*sync.Drifted) error {
	p := &htmlPage{Heading: "Drift", Title: legible(driftTitle(all, Palette{})), Sandbox: sync.SandboxOf(all), Of: environmentWords, Still: "nothing moved",
		Legend: "+ appeared, ~ changed, - vanished, ± another object of the same name."}
	if len(all) > 0 {
		p.Limits = htmlLimits(all[0].Limits)
	}
	groups := newGroups(p)
	for _, d := range all {
		causeAlerts(groups, d.Name, d.Causes())
		for _, f := range d.Findings {
			groups.finding(d.Name, f)
		}
		removedAlert(groups, d.Name, d.Removed)
		groups.add(driftMember(d), driftTold(d))
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
func driftTold(d *sync.Drifted) *htmlTold {
	if !detailed(d) {
		return nil
	}
	t := &htmlTold{Counts: tell(driftSummary(d, Palette{})), State: "nothing moved"}
	switch {
	case len(d.Errors) > 0:
		t.State, t.Pressing = "could not be compared", true
	case d.Breaks():
		t.State, t.Pressing = "breaks a policy", true
	case len(d.Moves) > 0:
		t.State, t.Pressing = "moved", true
	case d.Breaks():
		t.State, t.Pressing = "breaks a policy", true
	}
	for _, f := range d.Findings {
		t.Notes = append(t.Notes, htmlLine{Lead: legible(f.Severity.String()), Text: tell(f.Error())})
	}
	for _, m := range d.Moves {
		t.Objects = append(t.Objects, htmlMove(m))
	}
	for _, text := range uncomparedTexts(d.Uncompared) {
		t.Notes = append(t.Notes, htmlLine{Text: tell(text)})
	}
	for _, n := range d.Notes {
		t.Notes = append(t.Notes, htmlLine{Names: named(n.Key, nil), Text: tell(n.Text)})
	}
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

func htmlMove(m sync.Move) htmlObject {
	motion := motions[m.What]
	o := htmlObject{Kind: legible(m.Key.Kind), Count: 1, Glyph: legible(motion.glyph), Word: legible(m.What), Key: tell(m.Key.Spelled())}
	var remarks []string
	if m.What == sync.Replaced {
		remarks = append(remarks, "its id was "+m.WasID+", is "+m.ID)
	}
	if !m.Applied.IsZero() {
		remarks = append(remarks, "applied "+m.Applied.UTC().Format(time.RFC3339)+" by "+byVersion(m.Version))
	}
	o.Remark = tell(strings.Join(remarks, "; "))
	if m.What == sync.Appeared {
		o.fields(m.Fields, []fieldColumn{pathColumn, cameColumn})
		return o
	}
	o.fields(m.Fields, []fieldColumn{pathColumn, wasColumn, isColumn})
	o.lines(m.Fields)
	return o
}
