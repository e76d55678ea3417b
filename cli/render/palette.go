package render

import "authsync/cli/say"

// Palette colours text; the nil palette leaves it plain.
type Palette map[string]string

// Colours for a terminal; see NO_COLOR (no-color.org).
var Colours = Palette{"+": "\x1b[32m", "~": "\x1b[33m", "-": "\x1b[31m", "dim": "\x1b[2m", "bold": "\x1b[1m", "!": "\x1b[31;1m"}

// Paint colours a text by the name of a colour.
func (p Palette) Paint(name string, text say.Own) say.Own {
	if p[name] == "" || text == "" {
		return text
	}
	return say.Own(p[name]) + text + "\x1b[0m"
}

// title returns the heading of an environment.
func (p Palette) title(name, id string) say.Own {
	title := p.Paint("bold", say.Text(name))
	if id != "" {
		title += say.Sprintf(" (%s)", id)
	}
	return title
}
