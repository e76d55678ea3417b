package secrets

import (
	"fmt"
	"strings"
	"unicode"
)

// WithoutFileMarks is what came from outside without what is a file's and not its
// content's: the byte order mark that some editors begin with, and the one line break at
// the end, which a terminal adds too. It holds for standard input and for variables
// alike: the same secret is the same, whichever way it came.
func WithoutFileMarks(text string) string {
	text = strings.TrimPrefix(text, "\ufeff")
	return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
}

// A NotLineError means that a credential is not one line of printable text. No
// service gives such a one, and no request can carry it.
type NotLineError struct {
	Source string // what holds it, as the beginning of a sentence
	Holds  string // what it must not, after the source
}

func (e *NotLineError) Error() string {
	return fmt.Sprintf("%s %s, which no credential may: give it as one line, without a line break at its end", e.Source, e.Holds)
}

// CheckLine returns a *[NotLineError] if a credential is not one line of printable
// text, or has a blank at an end that came with it by a copy. It never says what it is.
func CheckLine(source, text string) error {
	if strings.HasPrefix(text, " ") || strings.HasSuffix(text, " ") {
		return &NotLineError{source, "begins or ends with a blank"}
	}
	at := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
	if at < 0 {
		return nil
	}
	holds := "holds a character that does not print"
	switch {
	case strings.Trim(text[at:], "\r\n") == "":
		holds = "ends a line"
	case text[at] == '\n' || text[at] == '\r':
		holds = "holds a line break"
	}
	return &NotLineError{source, holds}
}

// OpenLine is [Keyring.Open] for a credential, which must be one line.
func (k *Keyring) OpenLine(v Value) (Clear, error) {
	clear, err := k.Open(v)
	if err != nil {
		return Clear{}, err
	}
	source, text := "the value", clear.Reveal()
	if v.Form() == EnvForm {
		source = "environment variable " + v.EnvName()
		text, _ = k.lookupEnv(v.EnvName())
	}
	if err := CheckLine(source, text); err != nil {
		return Clear{}, err
	}
	return clear, nil
}
