package schema

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"authsync/secrets"
)

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
func writeJSONText(w jsonWriter, s string) error {
	if isPlainJSON(s) {
		w.WriteByte('"')
		w.WriteString(s)
		return w.WriteByte('"')
	}
	text, err := marshal(s)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// WriteJSON writes JSON with an indent for each level, and leaves <, > and & as they are.
// Without an indent it is one line.
func WriteJSON[T interface{}](w io.Writer, v T, indent string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	return e.Encode(v)
}

// isPlainJSON reports whether a text stands for itself between quotes.
func isPlainJSON(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
