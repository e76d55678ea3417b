package idp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"

	"authsync/remote/transport"
	"authsync/schema"
)

// quote is a text of an answer, cut and on one line.
func quote(text string) string { return strconv.Quote(transport.OneLine(text, 200)) }

// document asks for the document at a URL.
func (c *Client) document(ctx context.Context, u *url.URL) (schema.Object, error) {
	a, err := c.get(ctx, u)
	if err != nil {
		return nil, err
	}
	return document(a)
}

// document reads an answer that should be one JSON object, in which each name stands
// once: readers differ in which of two they take.
func document(a answer) (schema.Object, error) {
	if a.status != 200 {
		return nil, &unasked{fmt.Sprintf("answers with status %d, where a JSON document should be", a.status), schema.Wrong}
	}
	object, err := transport.ParseObject(a.body)
	var instead *transport.Error
	switch {
	case errors.As(err, &instead):
		return nil, &unasked{"answers with " + instead.Message, schema.Wrong}
	case err != nil:
		return nil, err
	}
	if name, twice := repeated(a.body); twice {
		return nil, &unasked{"answers with an object that has " + quote(name) + " twice: what reads the first and what reads the last disagree", schema.Wrong}
	}
	return object, nil
}

// repeated returns a name that stands twice in an object of valid JSON.
func repeated(text []byte) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	var open []map[string]struct{} // nil in a list
	name := false                  // a name comes next
	for {
		token, err := d.Token()
		if err != nil {
			return "", false
		}
		switch t := token.(type) {
		case json.Delim:
			switch t {
			case '{':
				open = append(open, map[string]struct{}{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
		case string:
			if name {
				if _, again := open[len(open)-1][t]; again {
					return t, true
				}
				open[len(open)-1][t], name = struct{}{}, false
				continue
			}
		}
		name = len(open) > 0 && open[len(open)-1] != nil
	}
}

// words are the texts of a list.
func words(v schema.Value) []string {
	var all []string
	list, _ := v.(schema.List)
	for _, one := range list {
		if text, ok := one.(schema.Text); ok {
			all = append(all, string(text))
		}
	}
	return all
}
