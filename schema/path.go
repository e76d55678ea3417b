package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Path names a place in a manifest: providers.github.config.clientSecret. A
// name that holds a dot or a quote is quoted: records."a.b".
type Path []string

// Then returns the path of a field below p.
func (p Path) Then(name string) Path {
	return append(p[:len(p):len(p)], name)
}

// Within reports whether the path is another one, or below it.
func (p Path) Within(outer Path) bool {
	return len(outer) <= len(p) && slices.Equal(outer, p[:len(outer)])
}

// Meets reports whether one of two paths is the other, or below it.
func (p Path) Meets(other Path) bool { return p.Within(other) || other.Within(p) }

// String spells the path as a user writes it.
func (p Path) String() string {
	names := make([]string, 0, 8) // more levels are rare
	for _, name := range p {
		if name == "" || strings.ContainsAny(name, ".\" \t\n") {
			name = strconv.Quote(name)
		}
		names = append(names, name)
	}
	return strings.Join(names, ".")
}

// ParsePath reads what [Path.String] writes.
func ParsePath(text string) (Path, error) {
	var path Path
	for rest := text; ; {
		name, after, err := cutName(rest)
		if err != nil {
			return nil, fmt.Errorf("path %q: %w", text, err)
		}
		path = append(path, name)
		if after == "" {
			return path, nil
		}
		if after[0] != '.' {
			return nil, fmt.Errorf("path %q: expected a dot after %q", text, name)
		}
		rest = after[1:]
	}
}

// MarshalText writes a path as [Path.String] does: formats hold paths as texts.
func (p Path) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText writes; the zero path is an empty text.
func (p *Path) UnmarshalText(text []byte) (err error) {
	if *p = nil; len(text) > 0 {
		*p, err = ParsePath(string(text))
	}
	return err
}

func cutName(text string) (name, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		quoted, err := strconv.QuotedPrefix(text)
		if err != nil {
			return "", "", fmt.Errorf("a quoted name does not end")
		}
		name, err := strconv.Unquote(quoted)
		return name, text[len(quoted):], err
	}
	end := strings.IndexByte(text, '.')
	if end < 0 {
		end = len(text)
	}
	if end == 0 {
		return "", "", fmt.Errorf("a name is empty")
	}
	return text[:end], text[end:], nil
}
