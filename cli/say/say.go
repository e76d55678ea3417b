// Package say prints everything that authsync prints: results, progress, questions,
// warnings and errors.
//
// An argument of a message is foreign text, unless its type says that it is authsync's
// own. So a name is always escaped by package spell, even if nobody thought about it.
// It must not know what is printed. Begin reading at [Fprintf].
package say

import (
	"fmt"
	"io"

	"authsync/spell"
)

// Own is authsync's own text, or text that is already escaped: it may have colours and
// line ends.
type Own string

// Fprintf formats one of authsync's messages and writes it. The format is a constant;
// each argument except [Own] ones is escaped as foreign text.
func Fprintf(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format, all(args)...) }

// Sprintf is [Fprintf] to a text.
func Sprintf(format string, args ...any) Own { return Own(fmt.Sprintf(format, all(args)...)) }

// Raw writes a result byte for byte for a program or a file: a key, a secret, a
// script, the painting of a live line. It may contain foreign text only if that is the
// result itself, or is escaped.
func Raw[T string | []byte | Own](w io.Writer, text T) error {
	_, err := w.Write([]byte(text))
	return err
}

// Text escapes a foreign text.
func Text(text string) Own { return Own(spell.Text(text)) }

func all(args []any) []any {
	spelled := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case Own:
			spelled[i] = string(arg)
		case int: // may be a width in the format
			spelled[i] = arg
		default:
			spelled[i] = others{arg}
		}
	}
	return spelled
}

// others formats a foreign value by its verb, and escapes the result.
type others struct{ value any }

func (o others) Format(s fmt.State, verb rune) {
	io.WriteString(s, spell.Text(fmt.Sprintf(fmt.FormatString(s, verb), o.value)))
}
