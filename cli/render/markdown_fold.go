package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"authsync/sync"
)

// detail is how much a page says of an environment; each says less.
type detail int

const (
	withBodies  detail = iota // everything
	withTables                // all but the bodies of the calls
	withObjects               // counts of the fields of each object
	withCounts                // counts of the changes and calls, and the alerts
	summaryOnly               // the line in the first table
	leftOut
)

// page is a plan in Markdown, in pieces of which each is whole in itself: a page
// gets smaller by whole pieces, so no table and no fence is ever cut in two.
type page struct {
	Markdown
	sandbox  string // identity
	title    string
	sections []*section
}

// fold takes detail away until the page is small enough. What is least missed
// goes first, and of those that are alike the largest: the bodies of calls; then
// what stands behind the counts; at last the alerts, and lines of the first
// table. An environment without alerts goes before one with alerts.
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
				size = p.size() // what stands around the sections changes too
			}
		}
	}
}

// bySize parts the sections without alerts from those with alerts, each from
// the largest down.
func (p *page) bySize() (quiet, loud []*section) {
	for _, s := range p.sections {
		if s.alerts == [len(alertSorts)]string{} {
			quiet = append(quiet, s)
		} else {
			loud = append(loud, s)
		}
	}
	for _, sections := range [][]*section{quiet, loud} {
		slices.SortStableFunc(sections, func(a, b *section) int { return cmp.Compare(b.size(), a.size()) })
	}
	return quiet, loud
}

func (s *section) size() int {
	n := 0
	for _, piece := range s.pieces() {
		n += len(piece)
	}
	return n
}

// pieces are what shows of a section.
func (s *section) pieces() []string {
	var pieces []string
	if s.detail < leftOut {
		pieces = append(pieces, s.row)
	}
	if s.detail < summaryOnly {
		pieces = append(pieces, s.changes[s.detail])
		pieces = append(pieces, s.alerts[:]...)
	}
	return pieces
}

func (p *page) size() int { return len(p.String()) }

func (p *page) String() string {
	var b strings.Builder
	b.WriteString(p.firstLine() + markdownSandbox(p.sandbox) + "### authsync " + p.Command + ": " + p.title + "\n\n")
	p.table(&b)
	for sort := range alertSorts {
		p.alerts(&b, sort)
	}
	for _, s := range p.sections {
		if s.detail < summaryOnly {
			b.WriteString(s.changes[s.detail])
		}
	}
	if p.isFolded() {
		fmt.Fprintf(&b, "Not everything is shown, since it would be more than %d bytes: `authsync %s --format text` shows it.\n", p.Max, p.Command)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// table is the first: one line for each environment.
func (p *page) table(b *strings.Builder) {
	var rows strings.Builder
	left := 0
	for _, s := range p.sections {
		if s.detail == leftOut {
			left++
			continue
		}
		rows.WriteString(s.row)
	}
	if rows.Len() > 0 {
		b.WriteString(markdownHead + rows.String() + "\n")
	}
	if left > 0 {
		b.WriteString(Count(left, "environment is", "environments are") + " not listed.\n\n")
	}
}

// alerts are a list of those of a sort; of what does not show, their number.
func (p *page) alerts(b *strings.Builder, sort int) {
	var lines strings.Builder
	var shown []*sync.EnvironmentPlan
	hidden := 0
	for _, s := range p.sections {
		if s.detail < summaryOnly {
			shown = append(shown, s.env)
		} else {
			hidden += strings.Count(s.alerts[sort], "\n")
		}
	}
	lines.WriteString(alertSorts[sort].lines(shown...))
	if hidden > 0 {
		fmt.Fprintf(&lines, "- %d more, not shown\n", hidden)
	}
	if lines.Len() > 0 {
		b.WriteString("#### " + alertSorts[sort].title + "\n\n" + lines.String() + "\n")
	}
}

// isFolded reports whether anything does not show.
func (p *page) isFolded() bool {
	return slices.ContainsFunc(p.sections, func(s *section) bool { return s.detail > withBodies })
}
