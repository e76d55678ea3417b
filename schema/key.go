package schema

import (
	"fmt"
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
	for _, k := range Kinds {
		if k.Name == name {
			return Key{name, object}, nil
		}
	}
	var names []string
	for _, k := range Kinds {
		names = append(names, k.Name)
	}
	return Key{}, fmt.Errorf("%q: %s", text, unknownName("kind", name, names))
}

// MarshalText writes a key as [Key.String] does: formats hold keys as texts.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *Key) UnmarshalText(text []byte) (err error) {
	*k, err = ParseKey(string(text))
	return err
}
