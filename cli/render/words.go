package render

import (
	"fmt"
	"strconv"
	"strings"
)

// Count is a number of things, by their name for one and for many.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Harmless makes a text that may come from a service fit for a terminal and a
// log: what is not printable, or turns the order of what follows, is escaped.
func Harmless(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) < 0 && !strings.ContainsRune(text, '\uFFFD') {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
