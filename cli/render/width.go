package render

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"authsync/schema/list"
)

// Columns returns how many columns a line takes on a terminal.
func Columns(line string) int {
	n, before := 0, 0
	for _, r := range line {
		if r == emojiSelector && before == 1 {
			n++ // a symbol of one column becomes an emoji of two
		}
		before = ColumnsOfRune(r)
		n += before
	}
	return n
}

const emojiSelector = '\ufe0f'

// ColumnsOfRune returns how many columns a character takes on a terminal.
func ColumnsOfRune(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

type column int

// usual is a width that any text may have.
const usual = 34

// columnOf returns the column for texts. A text that is much wider than most sticks
// out in its own line, instead of pushing all others off the terminal.
func columnOf(texts []string) column {
	widths := list.Each(texts, Columns)
	slices.Sort(widths)
	widest := 0
	for _, n := range widths {
		if n <= max(usual, widths[len(widths)/2]*3/2) {
			widest = n
		}
	}
	return column(widest)
}

func (c column) pad(text string) string {
	return text + strings.Repeat(" ", max(0, int(c)-Columns(text)))
}

// CutTo cuts a line to a number of columns.
func CutTo(line string, columns int) string {
	if Columns(line) <= columns {
		return line
	}
	var b strings.Builder
	room := columns - 1 // without the mark
	for _, r := range line {
		if room -= ColumnsOfRune(r); room < 0 {
			break
		}
		b.WriteRune(r)
	}
	if columns < 1 {
		return ""
	}
	return b.String() + "…"
}
