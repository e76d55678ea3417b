package service

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	stdsync "sync"

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

	// Complete completes the items of a page that were not read before; nil = nothing.
	Complete func(items []schema.Object) error

	Items []schema.Object // read so far
	reading
}

// reading is how far a list has been read.
type reading struct {
	seen  map[string]struct{}
	page  int
	total int  // by the first page that announced further ones; 0 = none did
	short bool // the last page was short
	ended bool
}

// ShiftedError is the error of a list in which items have moved to other pages: one was
// created or deleted while the pages were read, so that an item may have been missed.
type ShiftedError struct{ why string }

func (e *ShiftedError) Error() string {
	return e.why + "; the list cannot be read to its end"
}

// mostStarts is how often a list is read from its beginning when items move.
const mostStarts = 3

// Page is a page of a list.
type Page struct {
	Number int // from 1
	From   int // items before it
}

// Read calls fetch for each page. Fetch passes the answer to take, whose error becomes
// an error of the call. The pages that a total announces are fetched side by side. If
// items move to other pages meanwhile, the list is read again.
func (p *Paged) Read(fetch func(page Page, take func(answer schema.Object) error) error) ([]schema.Object, error) {
	for start := 1; ; start++ {
		p.Items, p.reading = nil, reading{seen: map[string]struct{}{}}
		items, err := p.read(fetch)
		if _, is := errors.AsType[*ShiftedError](err); !is || start == mostStarts {
			return items, err
		}
	}
}

func (p *Paged) read(fetch func(page Page, take func(answer schema.Object) error) error) ([]schema.Object, error) {
	var ahead []fetched
	size := 0 // of the first page
	for p.page = 1; !p.ended; p.page++ {
		if len(ahead) > 0 && ahead[0].From == len(p.Items) && p.take(ahead[0].answer) == nil {
			ahead = ahead[1:]
			continue
		}
		// A page that was fetched ahead and is wrong is asked for again, so that what is
		// wrong is an error of the call.
		total, weight := 0, 0
		err := fetch(Page{p.page, len(p.Items)}, func(answer schema.Object) error {
			err := p.take(answer)
			if !p.ended {
				total, weight = totalOf(answer), schema.Weight(answer)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		size = cmp.Or(size, len(p.Items))
		ahead = p.ahead(fetch, size, total, mostWeight/max(weight, 1))
	}
	return p.Items, nil
}

// fetched is a page that was not taken yet.
type fetched struct {
	Page
	answer schema.Object // nil = it could not be fetched
}

// mostAhead is how many pages are fetched side by side, since a total may be wrong.
const mostAhead = 20

// mostWeight is how much memory they may take, if they are as large as the page before.
const mostWeight = 8 << 20

// ahead fetches the next pages that a total announces, if they are as long as the
// first, and no more than most. It ends before a page that fails.
func (p *Paged) ahead(fetch func(Page, func(schema.Object) error) error, size, total, most int) []fetched {
	left := total - len(p.Items)
	if p.ended || size == 0 || left <= size || most < 2 {
		return nil
	}
	pages := make([]fetched, min((left+size-1)/size, mostAhead, most))
	var wait stdsync.WaitGroup
	for i := range pages {
		pages[i].Page = Page{p.page + 1 + i, len(p.Items) + i*size}
		wait.Go(func() {
			_ = fetch(pages[i].Page, func(answer schema.Object) error {
				pages[i].answer = answer
				return nil
			})
		})
	}
	wait.Wait()
	if failed := slices.IndexFunc(pages, func(f fetched) bool { return f.answer == nil }); failed >= 0 {
		pages = pages[:failed]
	}
	return pages
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
	fresh, err := p.fresh(items)
	if err == nil {
		err = p.unshifted(totalOf(answer), len(items))
	}
	if err != nil {
		return err
	}
	p.Items = append(p.Items, fresh...)
	for _, item := range fresh {
		p.seen[item.Text(p.ID)] = struct{}{}
	}
	p.short = len(items) < p.Size
	if p.ended = len(fresh) == 0 || p.short && totalOf(answer) <= len(p.Items); p.ended {
		return nil
	}
	return More(p.page)
}

// fresh returns the items of a page that were not read before, completed.
func (p *Paged) fresh(items []schema.Object) ([]schema.Object, error) {
	var fresh []schema.Object
	here := map[string]struct{}{}
	for i, item := range items {
		id := item.Text(p.ID)
		_, again := p.seen[id]
		_, twice := here[id]
		switch {
		case id == "":
			return nil, fmt.Errorf("%s[%d] of page %d has no %s", p.Name, i, p.page, p.ID)
		case (again || twice) && !p.short:
			return nil, &ShiftedError{fmt.Sprintf("page %d repeats %s", p.page, id)}
		case !again && !twice:
			here[id] = struct{}{}
			fresh = append(fresh, item)
		}
	}
	if p.Complete == nil {
		return fresh, nil
	}
	return fresh, p.Complete(fresh)
}

// unshifted compares the total of a page with that of the pages before. One that is the
// page's own length says nothing.
func (p *Paged) unshifted(total, length int) error {
	if total <= length {
		return nil
	}
	if p.total > 0 && total != p.total {
		return &ShiftedError{fmt.Sprintf("there were %d and are %d", p.total, total)}
	}
	p.total = total
	return nil
}

// totalOf is the number of all items by an answer; 0 = it does not say.
func totalOf(answer schema.Object) int {
	most := 0
	for _, name := range []string{"total", "Total", "TotalCount"} {
		n, _ := answer[name].(schema.Number)
		if total, err := strconv.Atoi(string(n)); err == nil {
			most = max(most, total)
		}
	}
	return most
}
