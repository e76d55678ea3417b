package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// ParseJSON reads one JSON value. Numbers keep their spelling; nothing is lost. A text
// that ends too early is an [io.ErrUnexpectedEOF].
func ParseJSON(text []byte) (Value, error) {
	if v := plainJSON(text); v != nil {
		return v, nil
	}
	if err := bounded(text); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v decoded
	switch err := d.Decode(&v); {
	case err == io.EOF:
		return nil, io.ErrUnexpectedEOF
	case err != nil:
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text after the end of the JSON value")
	}
	return valueOf(v), nil
}

// plainJSON reads a single value that is written without escapes and blanks, as nearly
// all are that a lock records; nil = another text. A decoder takes ten times as long.
func plainJSON(text []byte) Value {
	switch string(text) {
	case "null":
		return Null{}
	case "true":
		return Bool(true)
	case "false":
		return Bool(false)
	}
	n := len(text)
	switch {
	case n > 1 && text[0] == '"' && text[n-1] == '"' && isPlainText(text[1:n-1]):
		return Text(text[1 : n-1])
	case n > 0 && text[0] != '0' && !bytes.ContainsFunc(text, isNoDigit):
		return Number(text)
	}
	return nil
}

func isPlainText(text []byte) bool {
	return utf8.Valid(text) && !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}

func isNoDigit(r rune) bool { return r < '0' || r > '9' }

// maxDepth is how deep a value may be nested: less than encoding/json's own limit of
// 10,000. Without a limit a few megabytes would crash the process.
const maxDepth = 9_500

// maxValues is how many values one JSON text may have. Small values take a hundred
// times the memory of their text.
const maxValues = 250_000

// ErrManyValues is the cause of the error of a text with more values.
var ErrManyValues = fmt.Errorf("the JSON text holds more than %d values", maxValues)

// bounded returns an error for a text that is too deep, or has too many values. It looks
// at the punctuation only, before anything is decoded.
func bounded(text []byte) error {
	values, depth, quoted := 1, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			values++
		case c == '[' || c == '{':
			values++
			depth++
		case c == ']' || c == '}':
			depth--
		}
		switch {
		case depth > maxDepth:
			return fmt.Errorf("the JSON value is more than %d levels deep", maxDepth)
		case values > maxValues:
			return ErrManyValues
		}
	}
	return nil
}

// decoded is what encoding/json makes of a value: no type of this package, until
// [valueOf] has looked at it.
type decoded = interface{}

func valueOf(v decoded) Value {
	switch v := v.(type) {
	case bool:
		return Bool(v)
	case json.Number:
		return Number(v)
	case string:
		return Text(v)
	case []decoded:
		list := make(List, len(v))
		for i, item := range v {
			list[i] = valueOf(item)
		}
		return list
	case map[string]decoded:
		object := make(Object, len(v))
		for name, field := range v {
			object[name] = valueOf(field)
		}
		return object
	}
	return Null{}
}
