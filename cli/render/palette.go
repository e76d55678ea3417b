package render

import (
	"fmt"
	"strconv"

	"authsync/cli/say"
	"authsync/schema/lang"
)

// Palette is how a text looks to a person: its colours by name, none if it is plain,
// and the language of headings, gates and hints.
type Palette struct {
	Colours  map[string]string
	Language lang.Language
}

// Colours for a terminal; see NO_COLOR (no-color.org).
var Colours = map[string]string{"+": "\x1b[32m", "~": "\x1b[33m", "-": "\x1b[31m", "dim": "\x1b[2m", "bold": "\x1b[1m", "!": "\x1b[31;1m"}

// Paint colours a text by the name of a colour.
func (p Palette) Paint(name string, text say.Own) say.Own {
	if p.Colours[name] == "" || text == "" {
		return text
	}
	return say.Own(p.Colours[name]) + text + "\x1b[0m"
}

// say is a heading in the language of the text.
func (p Palette) say(heading string) say.Own { return say.Own(p.Language.Say(heading)) }

// sayf is [Palette.say] with what is put in.
func (p Palette) sayf(heading string, args ...string) say.Own {
	return say.Own(p.Language.Sayf(heading, args...))
}

// count is a number with the name of one or of many.
func (p Palette) count(n int, one, many string) string {
	if n == 1 {
		return p.Language.Say(one)
	}
	return p.Language.Sayf(many, strconv.Itoa(n))
}

func (p Palette) note() say.Own { return p.Paint("dim", p.say("note:")) }

func (p Palette) environments(n int) string {
	return p.count(n, environmentWords[0], environmentWords[1])
}

func (p Palette) title(name, id string) say.Own {
	title := p.Paint("bold", say.Text(name))
	if id != "" {
		title += say.Sprintf(" (%s)", id)
	}
	return title
}

// Count returns a number with the name of one or of many.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
