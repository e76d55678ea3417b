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
	detail // of each environment
	telling
}

// fleetForms are the forms, from the most to the least said.
var fleetForms = []fleetForm{
	{withBodies, tellings[0]}, {withTables, tellings[0]}, {summaryOnly, tellings[0]},
	{leftOut, tellings[0]}, {leftOut, tellings[1]}, {leftOut, tellings[2]}, {leftOut, tellings[3]},
}

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
				f.alerts[i].tell(s.env.Name, rest)
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
		b.WriteString(s.details(form.detail))
	}
	return b.String()
}

// rows writes the table, and how many environments have no row.
func (f *fleetPage) rows(b *strings.Builder, form fleetForm) {
	loud := list.Only(f.sections, func(s *section) bool { return !s.isQuiet() && form.detail < leftOut })
	b.WriteString(markdownTable(loud, f.palette()))
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
	line := "- " + g.places(f.palette(), asCode) + first + form.where(g, asCodes)
	if more {
		line += "\n" + nested
	}
	return line + "\n"
}
