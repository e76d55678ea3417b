package openapi

import (
	"context"
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

// rows reads all rows that pass a filter. A server may silently cut a page short, and
// its count is inferred, so a page is the last one only if it is short and the count
// agrees, or if it is empty. The order is stable; a page that repeats a row would go
// on for ever, or has skipped another row.
func (s *recordService) rows(ctx context.Context, from source, filter string) ([]schema.Object, error) {
	call := "openapi: GET " + from.path()
	query := from.options(filter)
	var all []schema.Object
	seen := map[string]struct{}{}
	for page := 1; ; page++ {
		query.Set("$skip", strconv.Itoa(len(all)))
		answer, err := s.api.Ask(ctx, sync.Call{Method: http.MethodGet, Path: from.path()}, query)
		if err != nil {
			return nil, err
		}
		whole, _ := answer.(schema.Object)
		if _, ok := whole["value"].(schema.List); !ok {
			return nil, fmt.Errorf("%s: the answer has no list of rows under value", call)
		}
		rows, err := service.Objects(call, whole, "value")
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			id := row.Text("_id")
			if id == "" {
				return nil, fmt.Errorf("%s: a row has no _id", call)
			}
			if _, again := seen[id]; again {
				return nil, fmt.Errorf("%s: the page after %d rows repeats _id %s; the list cannot be read to its end", call, len(all), id)
			}
			seen[id] = struct{}{}
		}
		all = append(all, rows...)
		if len(rows) == 0 || len(rows) < recordPage && countOf(whole) == len(all) {
			return all, nil
		}
		if err := service.More(page); err != nil {
			return nil, fmt.Errorf("%s: %w", call, err)
		}
	}
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
