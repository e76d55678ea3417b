// Package say is the way of all that authsync prints: results, progress,
// questions, warnings and errors.
//
// What is formatted into a message is text of others unless its type says that
// it is authsync's own, so that who forgets to think about a name prints it
// spelled by package spell, and not as it is. It must not know what is printed.
// Begin reading at [Fprintf].
package say

import (
	"fmt"
	"io"

	"authsync/spell"
)

// Own is text that authsync made itself, or that is spelled already: it may hold
// colours and line ends.
type Own string

// Fprintf formats a message of authsync's own and writes it. The format is a
// constant; each argument is spelled as text of others, but for [Own] ones.
func Fprintf(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format, all(args)...) }

// Sprintf is [Fprintf] to a text.
func Sprintf(format string, args ...any) Own { return Own(fmt.Sprintf(format, all(args)...)) }

// Raw writes what is a result byte for byte and goes to a program or a file: a
// key, a secret, a script, a paint stroke of a live line. Nothing of others may
// be in it but what was asked for by itself, or is spelled already.
func Raw[T string | []byte | Own](w io.Writer, text T) error {
	_, err := w.Write([]byte(text))
	return err
}

// Text spells a text of others.
func Text(text string) Own { return Own(spell.Text(text)) }

func all(args []any) []any {
	spelled := make([]any, len(args))
	for i, arg := range args {
		switch arg := arg.(type) {
		case Own:
			spelled[i] = string(arg)
		case int: // may be a width
			spelled[i] = arg
		default:
			spelled[i] = others{arg}
		}
	}
	return spelled
}

// others formats a value of others as its verb says, and spells what comes of it.
type others struct{ value any }

func (o others) Format(s fmt.State, verb rune) {
	io.WriteString(s, spell.Text(fmt.Sprintf(fmt.FormatString(s, verb), o.value)))
}
