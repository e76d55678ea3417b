package render

// Palette is what colours a text: every method is the identity where there is
// no terminal.
type Palette map[string]string

// Colours for a terminal; see NO_COLOR (no-color.org).
var Colours = Palette{"+": "\x1b[32m", "~": "\x1b[33m", "-": "\x1b[31m", "dim": "\x1b[2m", "bold": "\x1b[1m", "!": "\x1b[31;1m"}

// Paint colours a text by the name of a colour.
func (p Palette) Paint(name, text string) string {
	if p[name] == "" || text == "" {
		return text
	}
	return p[name] + text + "\x1b[0m"
}
