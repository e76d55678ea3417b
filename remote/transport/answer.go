package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"authsync/schema"
)

// notJSON says what an answer was instead of a JSON object, without a word of
// it.
type notJSON struct {
	what  string
	fault fault
}

func (e *notJSON) Error() string { return e.what }

// ParseObject reads an answer that should be one JSON object. The error is an
// [*Error] that says what the answer was instead.
func ParseObject(body []byte) (schema.Object, error) {
	// The management API has been seen to begin with a byte order mark.
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if other := whatInstead(body); other != nil {
		return nil, &Error{Message: other.what, Err: other}
	}
	v, err := schema.ParseJSON(body)
	if errors.Is(err, schema.ErrManyValues) {
		return nil, &Error{Message: err.Error(), Err: &notJSON{err.Error(), outsized}}
	}
	object, ok := v.(schema.Object)
	if err != nil || !ok {
		other := &notJSON{"JSON of another kind instead of an object", foreign}
		return nil, &Error{Message: other.what, Err: other}
	}
	return object, nil
}

// Foreign is the error of an answer that is JSON, and not that of the service.
func Foreign(what string) error {
	return &Error{Message: what, Err: &notJSON{what, foreign}}
}

func whatInstead(body []byte) *notJSON {
	switch {
	case len(body) == 0:
		return &notJSON{"an empty body instead of JSON", failing}
	case body[0] == '<':
		return &notJSON{"an HTML or XML page instead of JSON", foreign}
	}
	// Unmarshal checks the syntax first, and the depth, which ParseJSON does not.
	var syntax *json.SyntaxError
	var raw json.RawMessage
	err := json.Unmarshal(body, &raw)
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &syntax):
		return &notJSON{"text instead of JSON", foreign}
	case syntax.Offset >= int64(len(body)) && (body[0] == '{' || body[0] == '['):
		return &notJSON{fmt.Sprintf("truncated JSON at byte %d", len(body)), failing}
	case body[0] == '{':
		return &notJSON{fmt.Sprintf("broken JSON at byte %d", syntax.Offset), foreign}
	default:
		return &notJSON{"text instead of JSON", foreign}
	}
}
