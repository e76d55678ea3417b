package spell

import (
	"fmt"
	"strings"
)

// Word quotes a word for a POSIX shell, for a command that a person copies. A word
// that must not be printed unchanged becomes $'...', which bash, zsh, ksh and busybox
// read.
func Word(word string) string {
	switch {
	case Text(word) != word:
		return "$'" + ansiQuoted(word) + "'"
	case word == "" || strings.IndexFunc(word, special) >= 0:
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// special reports whether a shell may treat a character in its own way.
func special(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune("-_./=,:@%+", r)
}

// ansiQuoted writes a word for $'...'.
func ansiQuoted(word string) string {
	var b strings.Builder
	for _, c := range []byte(word) {
		switch {
		case c == '\'' || c == '\\':
			b.WriteString(`\` + string(rune(c)))
		case c < ' ' || c > '~' || c == '#' || c == ':':
			fmt.Fprintf(&b, `\%03o`, c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Words quotes the words of a command.
func Words(words ...string) string {
	spelled := make([]string, len(words))
	for i, word := range words {
		spelled[i] = Word(word)
	}
	return strings.Join(spelled, " ")
}
