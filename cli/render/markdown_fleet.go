package render

import (
	"fmt"
	"strconv"
	"strings"

	"authsync/schema/list"
	"authsync/sync"
)

// fleetForm is how much a page says of a fleet. In every form it tells each change.
type fleetForm struct {
	row     func(*section) string
	details func(*section) string
	names   func(where []string) (some []string, more string)
	told    func(statement) string
}

// fleetForms are the forms, from the most to the least said.
var fleetForms = []fleetForm{
	{rowOfSection, detailsAs(withBodies), allNames, toldInFull},
	{rowOfSection, detailsAs(withTables), allNames, toldInFull},
	{rowOfSection, nothingOf, allNames, toldInFull},
	{nothingOf, nothingOf, allNames, toldInFull},
	{nothingOf, nothingOf, sync.Few, toldInFull},
	{nothingOf, nothingOf, sync.Few, toldInBrief},
	{nothingOf, nothingOf, noNames, toldInBrief},
}

func rowOfSection(s *section) string { return s.row }
func nothingOf(*section) string      { return "" }

func detailsAs(d detail) func(*section) string {
	return func(s *section) string { return s.changes[d] }
}

func allNames(where []string) ([]string, string) { return where, "" }
func noNames([]string) ([]string, string)        { return nil, "" }
func toldInFull(t statement) string              { return t.full }
func toldInBrief(t statement) string             { return t.brief }

type fleetPage struct {
	page
	changes groups
	alerts  [len(alertSorts)]groups
	causes  string
	quiet   int // environments of which there is nothing to tell
}

func newFleetPage(p page, plan *sync.Plan) *fleetPage {
	f := &fleetPage{page: p, causes: strings.Join(markdownCauses(p.palette(), plan.Environments...), "")}
	for _, s := range p.sections {
		f.changes.add(s.env.Name, changesTold(s.env, p.palette())...)
		for i, rests := range s.alerts {
			for _, rest := range rests {
				f.alerts[i].add(s.env.Name, statement{rest, rest})
			}
		}
		if s.isQuiet() {
			f.quiet++
		}
	}
	return f
}

// isQuiet reports whether there is nothing to tell of the environment.
func (s *section) isQuiet() bool {
	return s.changes[withCounts] == "" && !s.isLoud()
}

// String returns the page in the first form that is small enough. If none is, the last
// one is cut by whole lines.
func (f *fleetPage) String() string {
	for i, form := range fleetForms {
		pointer := ""
		if i > 0 {
			pointer = f.pointer()
		}
		if text := strings.TrimRight(f.head()+f.body(form)+pointer, "\n") + "\n"; len(text) <= f.Max {
			return text
		}
	}
	return f.cut(fleetForms[len(fleetForms)-1])
}

func (f *fleetPage) cut(form fleetForm) string {
	text, left := f.head(), strings.SplitAfter(f.body(form), "\n")
	more := func() string {
		return fmt.Sprintf("- %s\n\n", f.palette().sayf("%s more, not shown", strconv.Itoa(len(left))))
	}
	for len(left) > 0 && len(text)+len(left[0])+len(more())+len(f.pointer()) <= f.Max {
		text, left = text+left[0], left[1:]
	}
	return strings.TrimRight(text+more()+f.pointer(), "\n") + "\n"
}

func (f *fleetPage) body(form fleetForm) string {
	var b strings.Builder
	f.rows(&b, form)
	for sort := range alertSorts {
		grouped(&b, f.Language.Say(alertSorts[sort].title), f.alertLines(sort, form))
	}
	grouped(&b, f.Language.Say("Changes"), list.Join(f.changes.bySize(), "", func(g *group) string {
		return f.line(g, ": "+asCode(form.told(g.statement)), form)
	}))
	for _, s := range f.sections {
		b.WriteString(form.details(s))
	}
	return b.String()
}

// rows writes the table, and how many environments have no row.
func (f *fleetPage) rows(b *strings.Builder, form fleetForm) {
	var rows strings.Builder
	for _, s := range f.sections {
		if !s.isQuiet() {
			rows.WriteString(form.row(s))
		}
	}
	if rows.Len() > 0 {
		b.WriteString(markdownHead(f.palette()) + rows.String() + "\n")
	}
	if f.quiet > 0 {
		b.WriteString(f.palette().environments(f.quiet) + ": " + f.Language.Say("nothing to do") + "\n\n")
	}
}

func (f *fleetPage) alertLines(sort int, form fleetForm) string {
	if alertSorts[sort].title == unreadTitle {
		return f.causes
	}
	return list.Join(f.alerts[sort].list, "", func(g *group) string { return f.line(g, g.full, form) })
}

// line is what a group tells, as an item of a list.
func (f *fleetPage) line(g *group, text string, form fleetForm) string {
	first, nested, more := strings.Cut(text, "\n")
	line := "- " + g.places(f.palette(), asCode) + first
	if some, others := form.names(g.where); len(g.where) > 1 && len(some) > 0 {
		line += ": " + asCodes(some) + others
	}
	if more {
		line += "\n" + nested
	}
	return line + "\n"
}
