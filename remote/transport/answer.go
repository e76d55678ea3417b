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
	v, err := schema.ParseJSON(body)
	if object, ok := v.(schema.Object); ok && err == nil {
		return object, nil
	}
	other := whatInstead(body)
	switch {
	case other != nil:
	case errors.Is(err, schema.ErrManyValues):
		other = &notJSON{err.Error(), outsized}
	default:
		other = &notJSON{"JSON of another kind instead of an object", foreign}
	}
	return nil, &Error{Message: other.what, Err: other}
}

// Foreign is the error of a JSON answer that does not come from the service.
func Foreign(what string) error {
	return &Error{Message: what, Err: &notJSON{what, foreign}}
}

// whatInstead says what a body is that is no JSON; nil = it is JSON.
func whatInstead(body []byte) *notJSON {
	switch {
	case len(body) == 0:
		return &notJSON{"an empty body instead of JSON", failing}
	case body[0] == '<':
		return &notJSON{"an HTML or XML page instead of JSON", foreign}
	}
	// Unmarshal says at which byte the text is wrong.
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
