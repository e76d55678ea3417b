// Package spell escapes foreign text for a person, and quotes words for a shell.
//
// Names, ids, values, file names and messages may come from a service, a pull request
// or a stranger's file. This package keeps them on one line, and neither a terminal
// nor the runner of a pipeline obeys them. It must not know manifests, and imports
// nothing of authsync. Begin reading at [Text].
package spell

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Text escapes a text in a sentence as Go does: characters that do not print, break
// the line, change its direction or are invisible. Escaping twice changes nothing.
func Text(text string) string {
	return disarm(escaped(text))
}

// Name returns a name unchanged if that is safe, else in quotes.
func Name(name string) string {
	if name != "" && !strings.Contains(name, `"`) && strings.TrimSpace(name) == name && Text(name) == name {
		return name
	}
	return Quoted(name)
}

// Quoted puts a text in quotes, so that its ends are visible. strconv.Unquote reads
// it.
func Quoted(text string) string {
	return `"` + disarm(escaped(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))) + `"`
}

// Lines escapes each line of a text, and keeps the line ends.
func Lines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = Text(line)
	}
	return strings.Join(lines, "\n")
}

// Source escapes a line of a file, in which tabs and the \r before a line end are
// allowed.
func Source(line string) string {
	parts := strings.Split(strings.TrimSuffix(line, "\r"), "\t")
	for i, part := range parts {
		parts[i] = escaped(part)
	}
	return disarm(strings.Join(parts, "\t")) + line[len(strings.TrimSuffix(line, "\r")):]
}

// ASCII escapes everything but ASCII, for texts that look alike.
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

// Visible reports whether a character has a visible shape, or is a space.
func Visible(r rune) bool { return unicode.IsPrint(r) && !unicode.Is(shapeless, r) }

// selectors choose between the shapes of the symbol before them.
var selectors = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}}}

// shapeless are invisible letters and marks.
var shapeless = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, {Lo: 0x115f, Hi: 0x1160, Stride: 1}, {Lo: 0x17b4, Hi: 0x17b5, Stride: 1},
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, {Lo: 0x2800, Hi: 0x2800, Stride: 1}, {Lo: 0x3164, Hi: 0x3164, Stride: 1},
		{Lo: 0xfe00, Hi: 0xfe0f, Stride: 1}, {Lo: 0xffa0, Hi: 0xffa0, Stride: 1},
	},
	R32: []unicode.Range32{{Lo: 0xe0100, Hi: 0xe01ef, Stride: 1}},
}

// anywhere matches commands that pipeline runners obey anywhere in a line: ##[group],
// ##vso[task.complete], ##teamcity[message].
var anywhere = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`##(\w*\[)`) })

// disarm makes an escaped text harmless for pipeline runners, which also obey a line
// that begins with ::.
func disarm(text string) string {
	text = anywhere().ReplaceAllString(text, `\x23#$1`)
	if rest := strings.TrimLeft(text, " \t"); strings.HasPrefix(rest, "::") {
		text = text[:len(text)-len(rest)] + `\x3a` + rest[1:]
	}
	return text
}
