package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A plan reads more JSON than anything else: the answers of the services, and each field
// of a lock. Package encoding/json would read it into values of its own first, and takes
// five times as long.

// ParseJSON reads one JSON value. Numbers keep their spelling; nothing is lost. A text
// that ends too early is an [io.ErrUnexpectedEOF].
func ParseJSON(text []byte) (Value, error) {
	d := &jsonReader{text: text, left: maxValues}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.blank(); d.at < len(text) {
		return nil, errors.New("text after the end of the JSON value")
	}
	return v, nil
}

// maxDepth is how deep a value may be nested: less than encoding/json's own limit of
// 10,000. Without a limit a few megabytes would crash the process.
const maxDepth = 9_500

// maxValues is how many values one JSON text may have. Small values take a hundred
// times the memory of their text.
const maxValues = 250_000

// ErrManyValues is the cause of the error of a text with more values.
var ErrManyValues = fmt.Errorf("the JSON text holds more than %d values", maxValues)

// jsonReader has the state of reading a JSON text.
type jsonReader struct {
	text []byte
	at   int // the next byte
	left int // values
}

// blank skips white space.
func (d *jsonReader) blank() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// next returns the next byte that is not white space; 0 = the text has ended.
func (d *jsonReader) next() byte {
	if d.blank(); d.at < len(d.text) {
		return d.text[d.at]
	}
	return 0
}

// wrong is the error of a text that is no JSON from the next byte on.
func (d *jsonReader) wrong() error {
	if d.at >= len(d.text) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the text is not JSON from byte %d on", d.at+1)
}

func (d *jsonReader) value(depth int) (Value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the JSON value is more than %d levels deep", maxDepth)
	}
	if d.left--; d.left < 0 {
		return nil, ErrManyValues
	}
	switch c := d.next(); {
	case c == '{':
		return d.object(depth + 1)
	case c == '[':
		return d.list(depth + 1)
	case c == '"':
		text, err := d.string()
		return Text(text), err
	case c == 't':
		return Bool(true), d.word("true")
	case c == 'f':
		return Bool(false), d.word("false")
	case c == 'n':
		return Null{}, d.word("null")
	case c == '-' || isDigit(c):
		return d.number()
	}
	return nil, d.wrong()
}

func (d *jsonReader) word(word string) error {
	for i := range len(word) {
		if d.at >= len(d.text) || d.text[d.at] != word[i] {
			return d.wrong()
		}
		d.at++
	}
	return nil
}

// number reads a number: -12.5e+3.
func (d *jsonReader) number() (Value, error) {
	from := d.at
	d.skip('-')
	if !d.skip('0') && !d.digits() {
		return nil, d.wrong()
	}
	if d.skip('.') && !d.digits() {
		return nil, d.wrong()
	}
	if d.skip('e') || d.skip('E') {
		_ = d.skip('+') || d.skip('-')
		if !d.digits() {
			return nil, d.wrong()
		}
	}
	return Number(d.text[from:d.at]), nil
}

// skip reports whether the next byte is c, and skips it.
func (d *jsonReader) skip(c byte) bool {
	is := d.at < len(d.text) && d.text[d.at] == c
	if is {
		d.at++
	}
	return is
}

// digits reports whether digits follow, and skips them.
func (d *jsonReader) digits() bool {
	from := d.at
	for d.at < len(d.text) && isDigit(d.text[d.at]) {
		d.at++
	}
	return d.at > from
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// string reads a text in quotes. What has an escape in it is left to encoding/json, and
// so is what is not UTF-8.
func (d *jsonReader) string() (string, error) {
	from, escaped := d.at, false
	for d.at++; d.at < len(d.text); d.at++ {
		switch c := d.text[d.at]; {
		case c == '"':
			d.at++
			quoted := d.text[from:d.at]
			if !escaped && utf8.Valid(quoted) {
				return string(quoted[1 : len(quoted)-1]), nil
			}
			var text string
			if json.Unmarshal(quoted, &text) != nil {
				d.at = from
				return "", d.wrong()
			}
			return text, nil
		case c == '\\':
			escaped = true
			d.at++
		case c < ' ':
			return "", d.wrong()
		}
	}
	d.at = len(d.text)
	return "", d.wrong()
}

func (d *jsonReader) list(depth int) (Value, error) {
	list := List{}
	d.at++
	if d.next(); d.skip(']') {
		return list, nil
	}
	for {
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		if more, err := d.more(']'); !more {
			return list, err
		}
	}
}

func (d *jsonReader) object(depth int) (Value, error) {
	object := Object{}
	d.at++
	if d.next(); d.skip('}') {
		return object, nil
	}
	for {
		if d.next() != '"' {
			return nil, d.wrong()
		}
		name, err := d.string()
		if err != nil {
			return nil, err
		}
		if d.next(); !d.skip(':') {
			return nil, d.wrong()
		}
		if object[name], err = d.value(depth); err != nil {
			return nil, err
		}
		if more, err := d.more('}'); !more {
			return object, err
		}
	}
}

// more reports whether a comma follows, and not the end.
func (d *jsonReader) more(end byte) (bool, error) {
	d.blank()
	if d.skip(',') {
		return true, nil
	}
	if d.skip(end) {
		return false, nil
	}
	return false, d.wrong()
}
