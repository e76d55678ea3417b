// Package spell says how text that others wrote is spelled for a person, and how
// a word is spelled for a shell.
//
// Names, ids, values, file names and messages may come from a service, a pull
// request or a file that a stranger left. Spelled by this package they stay on
// one line, and neither a terminal nor the runner of a pipeline obeys them. It
// knows nothing of manifests and imports nothing of authsync. Begin reading at
// [Text].
package spell

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text spells a text within a sentence. What does not print, breaks the line,
// turns its direction or has no shape is escaped, as Go does. Spelled twice it
// is the same.
func Text(text string) string {
	return disarm(escaped(text))
}

// Name spells a name: as it is where that is safe, else in quotes.
func Name(name string) string {
	if name != "" && !strings.Contains(name, `"`) && strings.TrimSpace(name) == name && Text(name) == name {
		return name
	}
	return Quoted(name)
}

// Quoted spells a text in quotes, so that its ends and its escapes are told from
// what it holds. strconv.Unquote reads it.
func Quoted(text string) string {
	return `"` + disarm(escaped(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))) + `"`
}

// Lines spells each line of a text, and keeps the ends of the lines.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Text(line)
	}
	return strings.Join(lines, "\n")
}

// Source spells a line of a file, in which tabs and the \r before a line end mean
// nothing.
func Source(line string) string {
	parts := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
	for i, part := range parts {
		parts[i] = escaped(part)
	}
	return disarm(strings.Join(parts, "\t")) + line[len(strings.TrimSuffix(line, "\r")):]
}

// ASCII spells a text with nothing but ASCII, for texts that look alike.
func ASCII(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			b.WriteString(escape(r))
		}
	}
	return b.String()
}

func escaped(text string) string {
	var b strings.Builder
	before := ' '
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case Visible(r) || unicode.Is(selectors, r) && unicode.IsSymbol(before):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
		before = r
	}
	return b.String()
}

// escape spells a character as Go does.
func escape(r rune) string {
	short := map[rune]string{'\a': `\a`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\v': `\v`}
	switch text, there := short[r]; {
	case there:
		return text
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// Visible reports whether a character has a shape of its own, or is a blank.
func Visible(r rune) bool { return unicode.IsPrint(r) && !unicode.Is(shapeless, r) }

// selectors choose between the shapes of the symbol before them.
var selectors = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}}}

// shapeless are letters and marks of which nothing shows.
var shapeless = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, {Lo: 0x115f, Hi: 0x1160, Stride: 1}, {Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, {Lo: 0x2800, Hi: 0x2800, Stride: 1}, {Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, {Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0xe0100, Hi: 0xe01ef, Stride: 1}},
}

// anywhere are what runners of pipelines obey wherever it stands in a line:
// ##[group], ##vso[task.complete], ##teamcity[message].
var anywhere = regexp.MustCompile(`##(\w*\[)`)

// disarm keeps a text that is spelled already from being a command of the runner
// of a pipeline, which also obeys a line that begins with ::.
func disarm(text string) string {
	text = anywhere.ReplaceAllString(text, `\x23#$1`)
	if rest := strings.TrimLeft(text, " \t"); strings.HasPrefix(rest, "::") {
		text = text[:len(text)-len(rest)] + `\x3a` + rest[1:]
	}
	return text
}
