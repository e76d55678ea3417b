package progress

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/schema/list"
)

// live is a region of lines at the end of a terminal that is repainted. Each painting
// is one write, after which the cursor is below the region: whatever ends the program,
// the terminal stays usable.
type live struct {
	w     io.Writer
	size  func() (columns, rows int)
	drawn []string // the lines that the region shows
	cut   int      // the width that they were cut to
}

// paint replaces the region's lines, as far as there is room.
func (l *live) paint(lines []string) {
	columns, rows := l.size()
	shown := fitting(lines, columns, rows)
	if l.cut == columns && slices.Equal(l.drawn, shown) {
		return
	}
	var b strings.Builder
	b.WriteString(l.home(columns, rows))
	l.draw(&b, shown, columns)
	say.Raw(l.w, b.String())
}

// above prints a permanent line above the region.
func (l *live) above(text string) {
	columns, rows := l.size()
	var b strings.Builder
	b.WriteString(l.home(columns, rows) + "\x1b[J" + text + "\r\n")
	l.draw(&b, fitting(l.drawn, columns, rows), columns)
	say.Raw(l.w, b.String())
}

// clear removes the region. The next output takes its place.
func (l *live) clear() {
	if len(l.drawn) == 0 {
		return
	}
	say.Raw(l.w, l.home(l.size())+"\x1b[J")
	l.drawn = nil
}

// draw writes each line over the old one without erasing first, so that nothing
// flickers.
func (l *live) draw(b *strings.Builder, lines []string, columns int) {
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\r\n")
	}
	b.WriteString("\x1b[J")
	l.drawn, l.cut = lines, columns
}

// home moves to the first line of the region. If the terminal has become narrower, it
// has wrapped lines into more rows.
func (l *live) home(columns, rows int) string {
	up := 0
	for _, line := range l.drawn {
		up += max(1, (render.Columns(line)+columns-1)/columns)
	}
	if up = min(up, rows-1); up == 0 {
		return "\r"
	}
	return fmt.Sprintf("\r\x1b[%dA", up)
}

// roomIn returns the maximum number of lines: one earlier line stays above, and the
// cursor is below.
func roomIn(rows int) int { return max(1, rows-2) }

// fitting returns the lines that fit a terminal, cut to its width. The last column
// stays free, since terminals treat it differently.
func fitting(lines []string, columns, rows int) []string {
	if most := roomIn(rows); len(lines) > most {
		more := len(lines) - most + 1
		lines = append(lines[:most-1:most-1], fmt.Sprintf("and %d more", more))
	}
	return list.Each(lines, func(line string) string { return render.CutTo(line, columns-1) })
}

// folding says how a CI system folds lines of its log under a title.
type folding struct {
	variable string // is true in the CI system
	open     func(title string, at time.Time) string
	shut     func(title string, at time.Time) string
}

var foldings = []folding{
	{
		variable: "GITHUB_ACTIONS",
		open:     func(title string, _ time.Time) string { return "::group::" + githubText(title) + "\n" },
		shut:     func(string, time.Time) string { return "::endgroup::\n" },
	},
	{
		variable: "GITLAB_CI",
		open: func(title string, at time.Time) string {
			return fmt.Sprintf("\x1b[0Ksection_start:%d:%s[collapsed=true]\r\x1b[0K%s\n", at.Unix(), gitlabName(title), title)
		},
		shut: func(title string, at time.Time) string {
			return fmt.Sprintf("\x1b[0Ksection_end:%d:%s\r\x1b[0K\n", at.Unix(), gitlabName(title))
		},
	},
}

// foldingOf returns the folding of the CI system in the variables; nil = none.
func foldingOf(lookupEnv func(string) (string, bool)) *folding {
	for i := range foldings {
		if value, _ := lookupEnv(foldings[i].variable); value == "true" {
			return &foldings[i]
		}
	}
	return nil
}

// githubText escapes the characters that end a workflow command.
func githubText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// gitlabName makes the name of a section from its title: letters, digits, _ . and -.
func gitlabName(title string) string {
	return "authsync_" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, title)
}
