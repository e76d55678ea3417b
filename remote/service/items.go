package service

import (
	"fmt"
	"strconv"

	"authsync/schema"
)

// Objects returns the objects of a list in an answer. A null or missing list is empty:
// fields are documented as "may be null".
func Objects(call string, answer schema.Object, name string) ([]schema.Object, error) {
	list, err := Items(answer, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", call, err)
	}
	return list, nil
}

// Items is Objects for callers that name the call in their errors.
func Items(answer schema.Object, name string) ([]schema.Object, error) {
	if schema.IsUnset(answer[name]) {
		return nil, nil
	}
	list, ok := answer[name].(schema.List)
	if !ok {
		return nil, fmt.Errorf("the answer's %s is not a list", name)
	}
	out := make([]schema.Object, len(list))
	for i, item := range list {
		if out[i], ok = item.(schema.Object); !ok {
			return nil, fmt.Errorf("%s[%d] of the answer is not an object", name, i)
		}
	}
	return out, nil
}

func Number(n int) schema.Value { return schema.Number(strconv.Itoa(n)) }
