package openapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"authsync/remote/service"
	"authsync/schema"
	"authsync/sync"
)

// recordPage is how many rows are requested at once: the lowest documented limit of
// similar lists.
const recordPage = 200

// longestURL is the maximum length of a URL in bytes.
const longestURL = 4000

// mostStarts is how often a list is read from its beginning when rows before its end
// vanish or appear while it is read.
const mostStarts = 5

// errShifted is what a list ends with whose rows moved to other places.
var errShifted = errors.New("other rows were deleted or created each time that the list was read; run again when nobody else writes")

// rows reads all rows that pass a filter. If rows are deleted or created meanwhile,
// others move to the places of pages that were read, and would be missed: the list is
// then read again.
func (s *recordService) rows(ctx context.Context, from source, filter string) ([]schema.Object, error) {
	var err error
	for range mostStarts {
		l := rowList{call: "openapi: GET " + from.path(), seen: map[string]struct{}{}}
		if err = l.read(func(skip int) (schema.Value, error) {
			query := from.options(filter)
			query.Set("$skip", strconv.Itoa(skip))
			return s.api.Ask(ctx, sync.Call{Method: http.MethodGet, Path: from.path()}, query)
		}); err == nil {
			return l.rows, nil
		}
		if !errors.Is(err, errShifted) {
			return nil, err
		}
	}
	return nil, err
}

// rowList is a list that is read page by page. A server may silently cut a page short,
// and its count is inferred, so a page is the last one only if it is short and the
// count agrees, or if it has no further row. The order is stable.
type rowList struct {
	call string
	rows []schema.Object
	seen map[string]struct{}
}

// read reads the pages. A page begins with the last row of the page before, as proof
// that no row before it has moved.
func (l *rowList) read(fetch func(skip int) (schema.Value, error)) error {
	overlap := 0
	for page := 1; ; page++ {
		answer, err := fetch(len(l.rows) - overlap)
		if err != nil {
			return err
		}
		whole, _ := answer.(schema.Object)
		if _, ok := whole["value"].(schema.List); !ok {
			return fmt.Errorf("%s: the answer has no list of rows under value", l.call)
		}
		rows, err := service.Objects(l.call, whole, "value")
		if err != nil {
			return err
		}
		size := len(rows)
		if overlap > 0 {
			if size == 0 || rows[0].Text("_id") != l.rows[len(l.rows)-1].Text("_id") {
				return fmt.Errorf("%s: %w", l.call, errShifted)
			}
			rows = rows[1:]
		}
		if err := l.add(rows); err != nil {
			return err
		}
		if len(rows) == 0 || size < recordPage && countOf(whole) == len(l.rows) {
			return nil
		}
		if err := service.More(page); err != nil {
			return fmt.Errorf("%s: %w", l.call, err)
		}
		overlap = min(size-1, 1) // a server that cuts pages to one row would repeat it
	}
}

// add adds the rows of a page. A page that repeats a row would go on for ever, or has
// skipped another row.
func (l *rowList) add(rows []schema.Object) error {
	for _, row := range rows {
		id := row.Text("_id")
		if id == "" {
			return fmt.Errorf("%s: a row has no _id", l.call)
		}
		if _, again := l.seen[id]; again {
			return fmt.Errorf("%s: the page after %d rows repeats _id %s; the list cannot be read to its end", l.call, len(l.rows), id)
		}
		l.seen[id] = struct{}{}
	}
	l.rows = append(l.rows, rows...)
	return nil
}

// countOf returns the total number of rows that an answer states; -1 = it states none.
func countOf(page schema.Object) int {
	count, _ := page["@odata.count"].(schema.Number)
	n, err := strconv.Atoi(string(count))
	if err != nil {
		return -1
	}
	return n
}

func (s source) options(filter string) url.Values {
	query := url.Values{"$top": {strconv.Itoa(recordPage)}, "$orderby": {s.key + ",_id"}, "$count": {"true"}}
	if filter != "" {
		query.Set("$filter", filter)
	}
	return query
}

// filters returns filters for the wanted rows, each short enough for a URL with so
// many bytes before it.
func (s source) filters(base int) []string {
	const or = " or "
	room := longestURL - base - len(s.path()) - len("?&$filter=&$skip=1000000000") - len(service.EncodeQuery(s.options("")))
	var filters []string
	left := 0
	for _, w := range s.wants {
		clause := s.key + " eq " + s.literal(w.Name, w.Fields)
		size := encodedSize(or + clause)
		if last := len(filters) - 1; last >= 0 && size <= left {
			filters[last] += or + clause
			left -= size
			continue
		}
		filters = append(filters, clause)
		left = room - size
	}
	return filters
}

// literal returns the key of a row for a filter: as text, unless the manifest states a
// number.
func (s source) literal(name string, fields schema.Object) string {
	if n, ok := fields[s.key].(schema.Number); ok {
		return string(n)
	}
	_, row, _ := strings.Cut(name, "/")
	return "'" + doubled(row) + "'"
}

func encodedSize(text string) int {
	return len(service.EncodeQuery(url.Values{"": {text}})) - len("=")
}
