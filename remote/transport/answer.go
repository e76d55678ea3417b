package transport

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"authsync/schema"
)

// notJSON says what was received instead of a JSON object, without quoting it.
type notJSON struct {
	what  string
	fault fault
}

func (e *notJSON) Error() string { return e.what }

// ParseObject reads an answer that should be one JSON object. Its error is an [*Error]
// that says what was received instead.
func ParseObject(body []byte) (schema.Object, error) {
	// The management API sometimes sends a byte order mark first.
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

// Foreign is the error of a JSON answer that does not come from the service.
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
	// Unmarshal checks the syntax and the depth first, which ParseJSON does not.
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
