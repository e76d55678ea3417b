package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"authsync/schema/list"
	"authsync/sync"
)

// detail is how much a page shows of an environment, from most to least.
type detail int

const (
	withBodies  detail = iota // everything
	withTables                // without the bodies of the calls
	withObjects               // only the number of fields of each object
	withCounts                // only the numbers of changes and calls, and the alerts
	summaryOnly               // only the row in the first table
	leftOut
)

// page is a plan in Markdown, in complete pieces: a page gets smaller by whole pieces,
// so no table and no fence is ever cut.
type page struct {
	Markdown
	sandbox  string // identity
	limits   string // which plan it is, and what it is about
	title    string
	sections []*section
}

// fold leaves out details until the page is small enough, the least important first,
// and the largest of the same kind: the bodies of calls, then the tables and objects;
// at last the alerts, and rows of the first table. An environment without alerts is
// cut before one with alerts.
func (p *page) fold() {
	quiet, loud := p.bySize()
	for _, step := range []struct {
		sections []*section
		to       detail
	}{
		{quiet, withTables}, {loud, withTables},
		{quiet, withObjects}, {quiet, withCounts},
		{loud, withObjects}, {loud, withCounts},
		{quiet, summaryOnly}, {loud, summaryOnly},
		{quiet, leftOut}, {loud, leftOut},
	} {
		size := p.size()
		for _, s := range step.sections {
			if size <= p.Max {
				return
			}
			before := s.size()
			s.detail = step.to
			if size -= before - s.size(); size <= p.Max {
				size = p.size() // the text around the sections changes too
			}
		}
	}
}

// bySize returns the sections without alerts and those with alerts, each from the
// largest down.
func (p *page) bySize() (quiet, loud []*section) {
	for _, s := range p.sections {
		if s.isLoud() {
			loud = append(loud, s)
		} else {
			quiet = append(quiet, s)
		}
	}
	for _, sections := range [][]*section{quiet, loud} {
		slices.SortStableFunc(sections, func(a, b *section) int { return cmp.Compare(b.size(), a.size()) })
	}
	return quiet, loud
}

func (s *section) details(d detail) string {
	if d < summaryOnly {
		return s.changes[d]
	}
	return ""
}

// size is that of the visible parts of a section.
func (s *section) size() int {
	n := len(s.details(s.detail))
	if s.detail < leftOut {
		n += len(s.row)
	}
	if s.detail < summaryOnly {
		for sort := range s.alerts {
			n += len(s.alertLines(sort))
		}
	}
	return n
}

// head is the page before its first table.
func (p *page) head() string {
	return p.firstLine() + markdownSandbox(p.sandbox, p.palette()) + "### authsync " + p.Command + ": " + p.title + "\n\n" + p.limits
}

// pointer says that not everything is shown, and where it is.
func (m Markdown) pointer() string {
	return string(m.palette().sayf("Not everything is shown, since it would be more than %s bytes: `authsync %s --format text` shows it.", strconv.Itoa(m.Max), m.Command)) + "\n"
}

func (p *page) size() int { return len(p.String()) }

func (p *page) String() string {
	var b strings.Builder
	b.WriteString(p.head())
	p.table(&b)
	for sort := range alertSorts {
		p.alerts(&b, sort)
	}
	for _, s := range p.sections {
		b.WriteString(s.details(s.detail))
	}
	if slices.ContainsFunc(p.sections, func(s *section) bool { return s.detail > withBodies }) {
		b.WriteString(p.pointer())
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (p *page) table(b *strings.Builder) {
	listed := list.Only(p.sections, func(s *section) bool { return s.detail < leftOut })
	b.WriteString(markdownTable(listed, p.palette()))
	if left := len(p.sections) - len(listed); left > 0 {
		b.WriteString(p.palette().count(left, "1 environment is not listed.", "%s environments are not listed.") + "\n\n")
	}
}

// alerts writes the alerts of a sort, and the number of those left out.
func (p *page) alerts(b *strings.Builder, sort int) {
	var lines string
	var shown []*sync.EnvironmentPlan
	hidden := 0
	for _, s := range p.sections {
		if s.detail < summaryOnly {
			shown = append(shown, s.env)
			lines += s.alertLines(sort)
		} else {
			hidden += strings.Count(s.alertLines(sort), "\n")
		}
	}
	if alertSorts[sort].title == unreadTitle {
		lines = strings.Join(markdownCauses(p.palette(), shown...), "")
	}
	if hidden > 0 {
		lines += fmt.Sprintf("- %s\n", p.palette().sayf("%s more, not shown", strconv.Itoa(hidden)))
	}
	grouped(b, p.Language.Say(alertSorts[sort].title), lines)
}

// grouped writes lines below a title, if there are any.
func grouped(b *strings.Builder, title, lines string) {
	if lines != "" {
		b.WriteString("#### " + title + "\n\n" + lines + "\n")
	}
}
