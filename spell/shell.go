package spell

import (
	"fmt"
	"strings"
)

// Word spells a word for a POSIX shell, for a command that is offered for
// copying. What must not be printed as it is stands in $'...', which bash, zsh,
// ksh and busybox read.
func Word(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./=,:@%+", r)
	}
	switch {
	case word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 && Text(word) == word:
		return word
	case Text(word) == word:
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
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
	return "$'" + b.String() + "'"
}

// Words spells the words of a command.
func Words(words ...string) string {
	spelled := make([]string, len(words))
	for i, word := range words {
		spelled[i] = Word(word)
	}
	return strings.Join(spelled, " ")
}
