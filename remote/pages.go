package remote

import (
	"fmt"
	"strconv"

	"authsync/schema"
)

// paged reads a list a page at a time, to its end. What is on the pages says
// where that is: a page that is empty, or short of the size asked for. Totals
// are not believed, but one that says that more comes after a short page is
// followed: a service may cut a page's size down without a word.
type paged struct {
	name string // of the items in an answer
	id   string // wire name of what tells items apart
	size int    // items asked for on a page
	// known are objects that were live when they were last applied: a list
	// without any item is an error then.
	known []string

	items []schema.Object
	seen  map[string]struct{}
	page  int
	short bool // the last page was
	ended bool
}

// read calls fetch for each page. Fetch hands the answer to take, and what take
// objects to is an error of the call.
func (p *paged) read(fetch func(page int, take func(answer schema.Object) error) error) ([]schema.Object, error) {
	p.seen = map[string]struct{}{}
	for p.page = 1; !p.ended; p.page++ {
		if err := fetch(p.page, p.take); err != nil {
			return nil, err
		}
	}
	return p.items, nil
}

// take takes the items of a page. One that brings nothing new would go on for
// ever: it is an error, unless the list had ended by its content before.
func (p *paged) take(answer schema.Object) error {
	if answer[p.name] == nil {
		return fmt.Errorf("the answer has no %s", p.name)
	}
	items, err := items(answer, p.name)
	if err != nil {
		return err
	}
	if len(items) == 0 && p.page == 1 && len(p.known) > 0 {
		return emptyWhere(p.known)
	}
	before := len(p.items)
	for i, item := range items {
		id := item.Text(p.id)
		_, again := p.seen[id]
		switch {
		case id == "":
			return fmt.Errorf("%s[%d] of page %d has no %s", p.name, i, p.page, p.id)
		case again && !p.short:
			return fmt.Errorf("page %d repeats %s; the list cannot be read to its end", p.page, id)
		case !again:
			p.seen[id] = struct{}{}
			p.items = append(p.items, item)
		}
	}
	p.short = len(items) < p.size
	p.ended = len(p.items) == before || p.short && !p.more(answer)
	return nil
}

// more reports whether an answer counts more items than were read.
func (p *paged) more(answer schema.Object) bool {
	for _, name := range []string{"total", "Total", "TotalCount"} {
		n, _ := answer[name].(schema.Number)
		if total, err := strconv.Atoi(string(n)); err == nil && total > len(p.items) {
			return true
		}
	}
	return false
}
