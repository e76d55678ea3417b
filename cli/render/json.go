package render

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"authsync/schema/pattern"
	"authsync/spell"
)

// JSON passes on the JSON that write writes, so that nothing acts on it: characters
// that do not print, and commands for pipeline runners, are escaped. The values stay
// the same.
func JSON(w io.Writer, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	_, err := io.WriteString(w, visibleJSON(text.String()))
	return err
}

// inJSON matches commands that pipeline runners obey anywhere in a line.
var inJSON = pattern.Of(`##(\w*\[)`)

// visibleJSON escapes what does not print, without changing the value.
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
