package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// Key names an object: provider/github. The object of a kind with one object has no
// name.
type Key struct {
	Kind string
	Name string
}

func (k Key) String() string {
	if k.Name == "" {
		return k.Kind
	}
	return k.Kind + "/" + k.Name
}

// ParseKey reads what [Key.String] writes. A kind alone means all of its objects.
func ParseKey(text string) (Key, error) {
	name, object, _ := strings.Cut(text, "/")
	if KindNamed(name) == nil {
		return Key{}, fmt.Errorf("%q: %s", text, unknownName("kind", name, kindNames(Kinds)))
	}
	return Key{name, object}, nil
}

// ParseSpelledKey reads a key of a command line: its name may be in quotes, as
// [Key.Spelled] and what asks for a field write it.
func ParseSpelledKey(text string) (Key, error) {
	key, err := ParseKey(text)
	if err != nil {
		return key, err
	}
	group, name := "", key.Name
	if at := strings.IndexByte(name, '/'); at >= 0 && KindNamed(key.Kind).Arity == Groups {
		group, name = name[:at+1], name[at+1:]
	}
	if clear, err := strconv.Unquote(name); err == nil && name[0] == '"' {
		key.Name = group + clear
	}
	return key, nil
}

// MarshalText writes a key as [Key.String] does: formats hold keys as texts.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes; the zero key is an empty text.
func (k *Key) UnmarshalText(text []byte) (err error) {
	if *k = (Key{}); len(text) > 0 {
		*k, err = ParseKey(string(text))
	}
	return err
}
