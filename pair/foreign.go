package pair

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Foreign is a promoted value that contains a host or an id of the source environment.
type Foreign struct {
	Key   schema.Key
	Path  schema.Path // none = the object's name
	Names string
}

// strangers are the hosts and ids of one environment that another does not have.
type strangers struct {
	name  string
	texts []string // hosts and ids, in small letters
}

// strangersTo returns the hosts and ids of an environment that another one does not
// have.
func strangersTo(from, to *schema.Environment) strangers {
	known := addresses(to)
	return strangers{from.Name, slices.DeleteFunc(addresses(from), func(text string) bool { return slices.Contains(known, text) })}
}

// addresses returns the hosts and ids of an environment: those of its systems, and
// those in fields that are scoped to the environment.
func addresses(e *schema.Environment) []string {
	var all []string
	add := func(v schema.Value) {
		text, _ := v.(schema.Text)
		if u, err := url.Parse(string(text)); err == nil && u.Hostname() != "" {
			all = append(all, strings.ToLower(u.Hostname()))
		}
	}
	for _, settings := range e.Systems {
		schema.Walk(settings, func(_ schema.Path, v schema.Value) { add(v) })
	}
	for _, id := range e.Remotes() {
		if !strings.Contains(id, "/") {
			all = append(all, strings.ToLower(id))
		}
	}
	side, own := InGit(e), owners{e, e}
	for key, object := range side.Objects {
		schema.Walk(object, func(at schema.Path, v schema.Value) {
			if own.scope(key, at, v, nil) == schema.PerEnvironment {
				add(v)
			}
		})
	}
	return list.Distinct(all)
}

var (
	escaped   = pattern.Of(`%[0-9A-Fa-f]{2}`)
	clearText = pattern.Of(`(?i)(^|[^a-z0-9+.-])http://`)
	thisHost  = pattern.Of(`(?i)(^|[^a-z0-9.-])(localhost|127(\.\d+){3}|0\.0\.0\.0|\[?::1\]?)($|[^a-z0-9.-])`)
)

// named returns the host or id that a text contains, or "".
func (s strangers) named(text string) string {
	for range 3 { // an address inside an address is escaped, and once more inside a third
		if names := s.spelled(text); names != "" {
			return names
		}
		text = string(escaped.ReplaceAllFunc([]byte(text), func(code []byte) []byte {
			char, _ := hex.AppendDecode(nil, code[1:])
			return char
		}))
	}
	return ""
}

// spelled says what a text names as it is spelled, or "".
func (s strangers) spelled(text string) string {
	lower := strings.ToLower(text)
	for _, own := range s.texts {
		if holdsName(lower, own) {
			return "names " + own + ", which is " + s.name + "'s"
		}
	}
	switch {
	case thisHost.MatchString(text):
		return "names the machine that it is on"
	case clearText.MatchString(text):
		return "names an address in clear text, http"
	}
	return ""
}

// holdsName reports whether a text contains a host or an id that is not part of a
// longer one.
func holdsName(text, name string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		i += from
		end := i + len(name)
		before := i == 0 || !inName(text[i-1])
		after := end == len(text) || !inName(text[end]) && !(text[end] == '.' && strings.Contains(name, ".") && end+1 < len(text) && inName(text[end+1]))
		if before && after {
			return true
		}
		from = i + 1
	}
}

func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c >= 0x80
}

// look records the foreign hosts and ids in a promoted value and in the names of its
// fields.
func (p *promoter) look(at schema.Path, v schema.Value) {
	note := func(at schema.Path, text string) {
		if names := p.foreign.named(text); names != "" {
			p.out.Foreign = append(p.out.Foreign, Foreign{p.taken.Key, at, names})
		}
	}
	schema.Visit(v, at, func(inside schema.Path, v schema.Value) bool {
		if text, is := v.(schema.Text); is {
			note(inside, string(text))
		}
		if len(inside) > len(at) {
			note(inside, inside[len(inside)-1])
		}
		return true
	})
}
