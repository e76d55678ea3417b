package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"

	"authsync/spell"
)

// JSON writes what write writes, which is JSON, so that it acts on nothing: what
// does not show, and what a runner would obey, is escaped as JSON does, and the
// values stay the same.
func JSON(w io.Writer, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	_, err := io.WriteString(w, visibleJSON(text.String()))
	return err
}

// inJSON are what runners of pipelines obey wherever it stands in a line.
var inJSON = regexp.MustCompile(`##(\w*\[)`)

// visibleJSON spells what does not print as JSON does, and leaves the value.
func visibleJSON(text string) string {
	var b strings.Builder
	for _, r := range inJSON.ReplaceAllString(text, `\u0023#$1`) {
		if spell.Visible(r) || r == '\n' {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
