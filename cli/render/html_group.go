package render

import (
	"crypto/sha256"
	"fmt"
	"slices"
)

// htmlGroups puts environments of which the same is told into one section, and the same
// alerts into one line, so that a page about thousands of environments stays readable.
type htmlGroups struct {
	page     *htmlPage
	sections map[[sha256.Size]byte]int // the number of a section by what it tells
	of       map[legible]int           // and by an environment
	alerts   [htmlSorts]htmlAlerts
	lines    map[string]int // the place of a line in its alerts
}

func newGroups(p *htmlPage) *htmlGroups {
	return &htmlGroups{p, map[[sha256.Size]byte]int{}, map[legible]int{}, htmlTitles, map[string]int{}}
}

// add adds what is told of an environment; nil = nothing.
func (g *htmlGroups) add(m htmlMember, t *htmlTold) {
	if t == nil {
		g.page.Quiet = append(g.page.Quiet, m.Name)
		return
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%#v", *t))
	number, known := g.sections[digest]
	if !known {
		number = len(g.page.Sections) + 1
		g.sections[digest] = number
		g.page.Sections = append(g.page.Sections, htmlSection{Number: number, htmlTold: *t})
	} else {
		m.Bodies = nil // those of the first are an example
	}
	g.of[m.Name] = number
	s := &g.page.Sections[number-1]
	s.Members = append(s.Members, m)
}

// htmlSort is a sort of alerts; the page has them in this order.
type htmlSort int

const (
	undoneAlerts htmlSort = iota
	gateAlerts
	refusedAlerts
	unreadAlerts
	errorAlerts
	warningAlerts
	rehearsedAlerts
	acceptedAlerts
	outsideAlerts
	removedAlerts
	htmlSorts
)

// htmlTitles are the titles of the sorts, and whether somebody has to see to them.
var htmlTitles = [htmlSorts]htmlAlerts{
	undoneAlerts:    {Title: "Not as wanted", Pressing: true},
	gateAlerts:      {Title: "Gates", Pressing: true},
	refusedAlerts:   {Title: "Refused", Pressing: true},
	unreadAlerts:    {Title: "Could not be read", Pressing: true},
	errorAlerts:     {Title: "Errors", Pressing: true},
	warningAlerts:   {Title: "Warnings"},
	rehearsedAlerts: {Title: "Rehearsed"},
	acceptedAlerts:  {Title: "Accepted drift"},
	outsideAlerts:   {Title: "Changed in the service since the last apply"},
	removedAlerts:   {Title: "Removed from git, and still live"},
}

// alert adds a line about an environment to the alerts of a sort.
func (g *htmlGroups) alert(sort htmlSort, env string, line htmlLine) {
	lines := &g.alerts[sort].Lines
	text := fmt.Sprintf("%d %#v", sort, line)
	i, known := g.lines[text]
	if !known {
		i = len(*lines)
		g.lines[text] = i
		*lines = append(*lines, line)
	}
	where := &(*lines)[i].Where
	if place := (htmlPlace{Name: tell(env)}); env != "" && !slices.Contains((*where)[max(0, len(*where)-1):], place) {
		*where = append(*where, place) // all alerts of an environment are added one after another
	}
}

// end adds the alerts to the page, and makes their environments refer to the sections.
func (g *htmlGroups) end() {
	for _, alerts := range g.alerts {
		for _, line := range alerts.Lines {
			for i := range line.Where {
				line.Where[i].Section = g.of[line.Where[i].Name]
			}
		}
		if len(alerts.Lines) > 0 {
			alerts.Title = g.page.palette.Language.Say(alerts.Title)
			g.page.Alerts = append(g.page.Alerts, alerts)
		}
	}
}
