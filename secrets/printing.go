package secrets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// errGob is the answer to gob, which has no form for a secret that can be read back.
var errGob = errors.New("a secret cannot be encoded as gob")

// String returns what may be seen of v: "(sealed)", "(env NAME)", "(in clear)",
// "(hidden)", and "" for no secret. Every other way of printing v gives the same.
func (v Value) String() string {
	switch v.Form() {
	case SealedForm:
		return "(sealed)"
	case EnvForm:
		return "(env " + v.EnvName() + ")"
	case PlainForm:
		return "(in clear)"
	case HiddenForm:
		return "(hidden)"
	default:
		return ""
	}
}

// Format implements [fmt.Formatter]: every verb prints [Value.String].
func (v Value) Format(f fmt.State, _ rune)   { io.WriteString(f, v.String()) }
func (v Value) GoString() string             { return v.String() }
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.String()) }
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalYAML returns [Value.String]. The signature is the one that yaml.v3 asks for.
func (v Value) MarshalYAML() (interface{}, error) { return v.String(), nil }
func (v Value) LogValue() slog.Value              { return slog.StringValue(v.String()) }
func (v Value) GobEncode() ([]byte, error)        { return nil, errGob }

// String returns "(secret)", whatever the secret. Every other way of printing c gives
// the same.
func (c Clear) String() string { return "(secret)" }

// Format implements [fmt.Formatter]: every verb prints [Clear.String].
func (c Clear) Format(f fmt.State, _ rune)   { io.WriteString(f, c.String()) }
func (c Clear) GoString() string             { return c.String() }
func (c Clear) MarshalJSON() ([]byte, error) { return json.Marshal(c.String()) }
func (c Clear) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// MarshalYAML returns [Clear.String]. The signature is the one that yaml.v3 asks for.
func (c Clear) MarshalYAML() (interface{}, error) { return c.String(), nil }
func (c Clear) LogValue() slog.Value              { return slog.StringValue(c.String()) }
func (c Clear) GobEncode() ([]byte, error)        { return nil, errGob }

// Shown returns a value of which only the word of [Value.String] is known.
func Shown(word string) (v Value, known bool) {
	name, env := strings.CutPrefix(word, "(env ")
	for _, v := range []Value{Sealed("", Binding{}), Plain(""), Hidden(""), Env(strings.TrimSuffix(name, ")"))} {
		if v.String() == word && (v.Form() == EnvForm) == env {
			return v, true
		}
	}
	return Value{}, false
}
