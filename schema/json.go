package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"authsync/secrets"
)

// ParseJSON reads one JSON value. Numbers keep their spelling; nothing is lost.
func ParseJSON(text []byte) (Value, error) {
	if v := plainJSON(text); v != nil {
		return v, nil
	}
	d := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(text)), left: maxValues}
	d.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text after the end of the JSON value")
	}
	return v, nil
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
	case n > 0 && n < 16 && text[0] != '0' && !bytes.ContainsFunc(text, isNoDigit):
		return Number(text)
	}
	return nil
}

func isPlainText(text []byte) bool {
	return utf8.Valid(text) && !bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' })
}

func isNoDigit(r rune) bool { return r < '0' || r > '9' }

// maxDepth is how deep a value may be nested: less than encoding/json's own limit of
// 10,000, which its tokens did not have before Go 1.27. Without a limit a few
// megabytes would crash the process.
const maxDepth = 9_500

// maxValues is how many values one JSON text may have. Small values take a hundred
// times the memory of their text.
const maxValues = 250_000

// ErrManyValues is the cause of the error of a text with more values.
var ErrManyValues = fmt.Errorf("the JSON text holds more than %d values", maxValues)

type jsonReader struct {
	*json.Decoder
	left int // values
}

func (d *jsonReader) value(depth int) (Value, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the JSON value is more than %d levels deep", maxDepth)
	}
	if d.left--; d.left < 0 {
		return nil, ErrManyValues
	}
	token, err := d.Token()
	if err == io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case nil:
		return Null{}, nil
	case bool:
		return Bool(t), nil
	case json.Number:
		return Number(t), nil
	case string:
		return Text(t), nil
	case json.Delim:
		if t == '[' {
			return d.list(depth + 1)
		}
		return d.object(depth + 1)
	}
	return nil, fmt.Errorf("unexpected JSON token %v", token)
}

func (d *jsonReader) list(depth int) (Value, error) {
	list := List{}
	for d.More() {
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func (d *jsonReader) object(depth int) (Value, error) {
	object := Object{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := d.value(depth)
		if err != nil {
			return nil, err
		}
		object[name.(string)] = v
	}
	_, err := d.Token()
	return object, err
}

// Reveal opens a secret for the body of a call.
type Reveal func(secrets.Value) (secrets.Clear, error)

// EncodeJSON encodes v for a service, opening each secret with reveal. The result
// contains secrets in clear: it may go only to the service. The same value always
// gives the same bytes.
func EncodeJSON(v Value, reveal Reveal) ([]byte, error) {
	var b bytes.Buffer
	if err := writeJSON(&b, v, reveal); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// RedactJSON encodes v for a reader: secrets and unmodelled values are words in
// parentheses.
func RedactJSON(v Value) json.RawMessage {
	return json.RawMessage(Show(v))
}

// leaves encodes the two sorts of value that a reader must not see.
type leaves interface {
	secret(secrets.Value) (string, error)
	unmodelled(Value) Value
}

func (r Reveal) secret(v secrets.Value) (string, error) {
	clear, err := r(v)
	if err != nil {
		return "", err
	}
	return clear.Reveal(), nil
}
func (r Reveal) unmodelled(v Value) Value { return v }

type redact struct{}

func (redact) secret(v secrets.Value) (string, error) { return v.String(), nil }
func (redact) unmodelled(Value) Value                 { return Text("(carried)") }

type jsonWriter interface {
	io.Writer
	io.ByteWriter
	io.StringWriter
}

func writeJSON(w jsonWriter, v Value, l leaves) error {
	if v == nil {
		v = Null{}
	}
	return v.encode(w, l)
}

func writeWord(w jsonWriter, word string) error {
	_, err := w.WriteString(word)
	return err
}

func (Null) encode(w jsonWriter, _ leaves) error     { return writeWord(w, "null") }
func (b Bool) encode(w jsonWriter, _ leaves) error   { return writeWord(w, strconv.FormatBool(bool(b))) }
func (n Number) encode(w jsonWriter, _ leaves) error { return writeWord(w, string(n)) }
func (t Text) encode(w jsonWriter, _ leaves) error   { return writeJSONText(w, string(t)) }
func (l List) encode(w jsonWriter, s leaves) error   { return writeJSONList(w, l, s) }
func (s Set) encode(w jsonWriter, l leaves) error    { return writeJSONList(w, s, l) }
func (o Object) encode(w jsonWriter, l leaves) error { return writeJSONObject(w, o, l) }

func (s Seconds) encode(w jsonWriter, _ leaves) error {
	return writeWord(w, strconv.FormatInt(int64(s), 10))
}

func (f Flag) encode(w jsonWriter, _ leaves) error {
	if f == Unspecified {
		return writeJSONText(w, "unspecified")
	}
	return writeWord(w, strconv.FormatBool(f == True))
}

func (s Secret) encode(w jsonWriter, l leaves) error {
	text, err := l.secret(s.Value)
	if err != nil {
		return err
	}
	return writeJSONText(w, text)
}

func (u Unmodelled) encode(w jsonWriter, l leaves) error {
	return writeJSON(w, l.unmodelled(u.Value), l)
}

func (p Packed) encode(w jsonWriter, l leaves) error {
	var inner strings.Builder
	if err := writeJSON(&inner, p.Value, l); err != nil {
		return err
	}
	return writeJSONText(w, inner.String())
}

func writeJSONList(w jsonWriter, list []Value, l leaves) error {
	w.WriteByte('[')
	for i, v := range list {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := writeJSON(w, v, l); err != nil {
			return err
		}
	}
	return w.WriteByte(']')
}

func writeJSONObject(w jsonWriter, o Object, l leaves) error {
	w.WriteByte('{')
	for i, name := range o.Names() {
		if i > 0 {
			w.WriteByte(',')
		}
		if err := writeJSONText(w, name); err != nil {
			return err
		}
		w.WriteByte(':')
		if err := writeJSON(w, o[name], l); err != nil {
			return err
		}
	}
	return w.WriteByte('}')
}

// writeJSONText leaves <, > and & as they are: a template is read by people.
func writeJSONText(w io.Writer, s string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return err
	}
	_, err := w.Write(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
	return err
}
