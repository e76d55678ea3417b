package service

import (
	"fmt"
	"strconv"

	"authsync/schema"
	"authsync/sync"
)

// Paged reads a list page by page to its end: a page that is empty, or shorter than
// the size asked for. A total is not trusted, but if it announces more after a short
// page, reading goes on: a service may silently reduce the size of a page.
type Paged struct {
	Name string // of the list in an answer
	ID   string // wire name of an item's id
	Size int    // items asked for per page
	// Known are ids of objects that were live at the last apply: with them an empty
	// list is an error.
	Known []string

	Items []schema.Object // read so far
	seen  map[string]struct{}
	page  int
	short bool // the last page was short
	ended bool
}

// Read calls fetch for each page. Fetch passes the answer to take, whose error becomes
// an error of the call.
func (p *Paged) Read(fetch func(page int, take func(answer schema.Object) error) error) ([]schema.Object, error) {
	p.seen = map[string]struct{}{}
	for p.page = 1; !p.ended; p.page++ {
		if err := fetch(p.page, p.take); err != nil {
			return nil, err
		}
	}
	return p.Items, nil
}

// mostPages is the maximum number of pages, far more than a list made by hand has.
const mostPages = 1000

// More returns an error if a list must not have another page after this one, counted
// from 1.
func More(page int) error {
	if page >= mostPages {
		return &sync.EndlessError{What: fmt.Sprintf("the list has more than %d pages", mostPages)}
	}
	return nil
}

// take adds the items of a page. A page without new items would go on for ever: it is
// an error, unless the list had ended by its content before.
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

// more reports whether an answer's total is larger than the number of items read.
func (p *Paged) more(answer schema.Object) bool {
	for _, name := range []string{"total", "Total", "TotalCount"} {
		n, _ := answer[name].(schema.Number)
		if total, err := strconv.Atoi(string(n)); err == nil && total > len(p.Items) {
			return true
		}
	}
	return false
}
