package service

import (
	"fmt"
	"strconv"

	"authsync/schema"
	"authsync/sync"
)

// Paged reads a list a page at a time, to its end. What is on the pages says
// where that is: a page that is empty, or short of the size asked for. Totals
// are not believed, but one that says that more comes after a short page is
// followed: a service may cut a page's size down without a word.
type Paged struct {
	Name string // of the items in an answer
	ID   string // wire name of what tells items apart
	Size int    // items asked for on a page
	// Known are objects that were live when they were last applied: a list
	// without any item is an error then.
	Known []string

	Items []schema.Object // read by now
	seen  map[string]struct{}
	page  int
	short bool // the last page was
	ended bool
}

// Read calls fetch for each page. Fetch hands the answer to take, and what take
// objects to is an error of the call.
func (p *Paged) Read(fetch func(page int, take func(answer schema.Object) error) error) ([]schema.Object, error) {
	p.seen = map[string]struct{}{}
	for p.page = 1; !p.ended; p.page++ {
		if err := fetch(p.page, p.take); err != nil {
			return nil, err
		}
	}
	return p.Items, nil
}

// mostPages is how many pages a list may have: far more than any holds that
// somebody has made by hand.
const mostPages = 1000

// More returns an error if no page is read after this one, counted from 1.
func More(page int) error {
	if page >= mostPages {
		return &sync.EndlessError{What: fmt.Sprintf("the list has more than %d pages", mostPages)}
	}
	return nil
}

// take takes the items of a page. One that brings nothing new would go on for
// ever: it is an error, unless the list had ended by its content before.
func (p *Paged) take(answer schema.Object) error {
	if answer[p.Name] == nil {
		return fmt.Errorf("the answer has no %s", p.Name)
	}
	items, err := Items(answer, p.Name)
	if err != nil {
		return err
	}
	if len(items) == 0 && p.page == 1 && len(p.Known) > 0 {
		return EmptyWhere(p.Known)
	}
	before := len(p.Items)
	for i, item := range items {
		id := item.Text(p.ID)
		_, again := p.seen[id]
		switch {
		case id == "":
			return fmt.Errorf("%s[%d] of page %d has no %s", p.Name, i, p.page, p.ID)
		case again && !p.short:
			return fmt.Errorf("page %d repeats %s; the list cannot be read to its end", p.page, id)
		case !again:
			p.seen[id] = struct{}{}
			p.Items = append(p.Items, item)
		}
	}
	p.short = len(items) < p.Size
	if p.ended = len(p.Items) == before || p.short && !p.more(answer); p.ended {
		return nil
	}
	return More(p.page)
}

// more reports whether an answer counts more items than were read.
func (p *Paged) more(answer schema.Object) bool {
	for _, name := range []string{"total", "Total", "TotalCount"} {
		n, _ := answer[name].(schema.Number)
		if total, err := strconv.Atoi(string(n)); err == nil && total > len(p.Items) {
			return true
		}
	}
	return false
}
