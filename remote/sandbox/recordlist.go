package sandbox

import (
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/quirk"
)

// The default and the largest number of records in a list. A larger $top is reduced
// silently. Neither number is documented.
const (
	recordPage    = 100
	maxRecordPage = 1000
)

// recordOptions are the supported query options.
var recordOptions = []string{"$filter", "$select", "$orderby", "$top", "$skip", "$count"}

// listRecords returns {"value":[...]}. With $count=true it adds "@odata.count", the
// number of all records that match the filter.
func listRecords(c *recordCall) (answer, error) {
	query := c.URL.Query()
	if err := checkQuery(query, recordOptions); err != nil {
		return answer{}, err
	}
	filter, err := parseFilter(query.Get("$filter"))
	if err != nil {
		return answer{}, err
	}
	order, err := parseOrder(query.Get("$orderby"))
	if err != nil {
		return answer{}, err
	}
	top, err := natural(query, "$top", 0, recordPage)
	if err != nil {
		return answer{}, err
	}
	skip, err := natural(query, "$skip", 0, 0)
	if err != nil {
		return answer{}, err
	}
	found := slices.DeleteFunc(c.records.all(), func(o schema.Object) bool { return !filter(o) })
	arrange(found, order)
	most := maxRecordPage
	if c.plays(quirk.RecordPage, quirk.Capped) {
		most = smallPage
	}
	shown := part(found, int64(skip), int64(min(top, most)))
	list := schema.Object{"@odata.context": c.context(), "value": viewed(shown, func(o schema.Object) schema.Object { return selected(o, query) })}
	if query.Get("$count") == "true" && c.plays(quirk.RecordCount, quirk.Shown) {
		list["@odata.count"] = number(int64(len(found)))
	}
	return jsonAnswer(http.StatusOK, list), nil
}

func selected(record schema.Object, query url.Values) schema.Object {
	if !query.Has("$select") {
		return record
	}
	shown := schema.Object{}
	for name := range strings.SplitSeq(query.Get("$select"), ",") {
		if value, ok := record[strings.TrimSpace(name)]; ok {
			shown[strings.TrimSpace(name)] = value
		}
	}
	return shown
}

// ordering is one key of an $orderby.
type ordering struct {
	column string
	sign   int
}

func parseOrder(text string) ([]ordering, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var keys []ordering
	for key := range strings.SplitSeq(text, ",") {
		words := strings.Fields(key)
		switch {
		case len(words) == 1, len(words) == 2 && words[1] == "asc":
			keys = append(keys, ordering{words[0], 1})
		case len(words) == 2 && words[1] == "desc":
			keys = append(keys, ordering{words[0], -1})
		default:
			return nil, refuse("InvalidParameter", "`$orderby` is not valid.")
		}
	}
	return keys, nil
}

// arrange sorts records. Without an $orderby the newest come first, so a record that
// is added between two pages shifts all others: paging needs a stable order.
func arrange(records []schema.Object, keys []ordering) {
	if len(keys) == 0 {
		slices.Reverse(records)
		return
	}
	slices.SortStableFunc(records, func(a, b schema.Object) int {
		for _, key := range keys {
			if order, _ := compare(a[key.column], b[key.column]); order != 0 {
				return key.sign * order
			}
		}
		return 0
	})
}

// compare orders two columns: unset values before others, numbers by amount. It
// reports false if their types have no order.
func compare(a, b schema.Value) (int, bool) {
	switch {
	case schema.IsUnset(a) && schema.IsUnset(b):
		return 0, true
	case schema.IsUnset(a):
		return -1, true
	case schema.IsUnset(b):
		return 1, true
	}
	switch a := a.(type) {
	case schema.Text:
		b, ok := b.(schema.Text)
		return strings.Compare(string(a), string(b)), ok
	case schema.Number:
		b, ok := b.(schema.Number)
		if !ok {
			return 0, false
		}
		x, okX := new(big.Rat).SetString(string(a))
		y, okY := new(big.Rat).SetString(string(b))
		if !okX || !okY {
			return 0, false
		}
		return x.Cmp(y), true
	case schema.Bool:
		b, ok := b.(schema.Bool)
		switch {
		case !ok || a == b:
			return 0, ok
		case bool(b):
			return -1, true
		}
		return 1, true
	}
	return 0, false
}
