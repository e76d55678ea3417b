package lock

import (
	"bytes"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// A lock has as many entries as an environment has objects, and a YAML parser takes
// longer for them than the rest of a plan. So the text that authsync writes is read line
// by line. What is spelled in another way, by hand or by another version, is left to the
// parser: an entry, or the whole file.

const objectsLine = "\nobjects:\n"

// halves parts a lock's text before its objects, if it is one as authsync writes it.
func halves(text []byte) (head, objects []byte, ok bool) {
	at := bytes.Index(text, []byte(objectsLine))
	if at < 0 {
		return text, nil, false
	}
	return text[:at+1], text[at+len(objectsLine):], true
}

// parsed is an entry of a lock's text, and how it is spelled.
type parsed struct {
	name  string
	entry Entry
	text  []byte
}

// parseObjects parses the part with the objects. Not ok = the parser has to do it.
func parseObjects(objects []byte) (all []parsed, ok bool) {
	names := map[string]struct{}{}
	for len(objects) > 0 {
		size := entrySize(objects)
		if size == 0 {
			return nil, false
		}
		one := parsed{text: objects[:size:size]}
		objects = objects[size:]
		if !one.parse() && !one.parseAsYAML() {
			return nil, false
		}
		if _, again := names[one.name]; again {
			return nil, false
		}
		names[one.name] = struct{}{}
		all = append(all, one)
	}
	return all, true
}

// entrySize is the length of the first entry: a line with two blanks before its name,
// and those after it with more. 0 = it has no such form.
func entrySize(text []byte) int {
	size := 0
	for line := range bytes.Lines(text) {
		first := len(line) > 3 && line[0] == ' ' && line[1] == ' ' && line[2] != ' ' && line[2] != '#'
		inside := bytes.HasPrefix(line, []byte("    "))
		switch {
		case !first && !inside, size == 0 && !first:
			return 0
		case first && size > 0:
			return size
		}
		size += len(line)
	}
	return size
}

// parse parses an entry that is spelled as authsync spells it.
func (p *parsed) parse() bool {
	var into map[string]string
	for line := range strings.Lines(string(p.text)) {
		key, value, ok := pair(strings.TrimSuffix(strings.TrimLeft(line, " "), "\n"))
		switch depth := len(line) - len(strings.TrimLeft(line, " ")); {
		case !ok:
			return false
		case depth == 2 && value == "":
			p.name = key
		case depth == 4:
			if into, ok = p.entry.set(key, value); !ok {
				return false
			}
		case depth == 6 && into != nil:
			if _, again := into[key]; again {
				return false
			}
			if into[key], ok = plainly(value); !ok {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// set sets a field of an entry, or returns what its lines are put into.
func (e *Entry) set(key, value string) (into map[string]string, ok bool) {
	for _, field := range []struct {
		name string
		into *map[string]string
	}{{"fields", &e.Fields}, {"settled", &e.Settled}, {"attested", &e.Attested}} {
		if key == field.name {
			fresh := *field.into == nil && value == ""
			*field.into = map[string]string{}
			return *field.into, fresh
		}
	}
	for _, field := range []struct {
		name string
		into *string
	}{{"id", &e.ID}, {"authsync", &e.Version}, {"stamp", &e.Stamp}} {
		if key == field.name {
			text, ok := plainly(value)
			fresh := *field.into == ""
			*field.into = text
			return nil, ok && fresh
		}
	}
	for _, field := range []struct {
		name string
		into *time.Time
	}{{"applied", &e.Applied}, {"read", &e.Read}} {
		if key == field.name {
			at, err := time.Parse(time.RFC3339, value)
			fresh := field.into.IsZero()
			*field.into = at
			return nil, err == nil && fresh
		}
	}
	return nil, false
}

// pair parts a line at the colon after its name; value "" = the line ends there.
func pair(line string) (key, value string, ok bool) {
	key, value, found := strings.Cut(line, ": ")
	if !found {
		if key, found = strings.CutSuffix(line, ":"); !found {
			return "", "", false
		}
	} else if value == "" {
		return "", "", false
	}
	key, ok = plainly(key)
	return key, value, ok
}

// plainly reads a text that is spelled as itself or in single quotes. A text in double
// quotes has no escape.
func plainly(text string) (string, bool) {
	if text == "" {
		return "", false
	}
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' {
			return "", false
		}
	}
	switch quote := text[0]; {
	case quote == '\'':
		inside := strings.ReplaceAll(text[1:max(1, len(text)-1)], "''", "\x00")
		ok := len(text) > 1 && text[len(text)-1] == '\'' && !strings.Contains(inside, "'")
		return strings.ReplaceAll(inside, "\x00", "'"), ok
	case quote == '"':
		ok := len(text) > 1 && text[len(text)-1] == '"' && !strings.ContainsAny(text[1:len(text)-1], `"\`)
		return text[1:max(1, len(text)-1)], ok
	}
	return text, isPlain(text)
}

// isPlain reports whether a text stands for itself.
func isPlain(text string) bool {
	switch first := text[0]; {
	case 'a' <= first && first <= 'z', 'A' <= first && first <= 'Z', '0' <= first && first <= '9', first == '_':
	default:
		return false
	}
	return text != "null" && text != "Null" && text != "NULL" && text[len(text)-1] != ' ' && text[len(text)-1] != ':' &&
		!strings.Contains(text, " #") && !strings.Contains(text, ": ")
}

// parseAsYAML parses an entry by the parser.
func (p *parsed) parseAsYAML() bool {
	var one map[string]Entry
	d := yaml.NewDecoder(bytes.NewReader(p.text))
	d.KnownFields(true)
	if d.Decode(&one) != nil || len(one) != 1 {
		return false
	}
	for name, e := range one {
		p.name, p.entry = name, e
	}
	return true
}
