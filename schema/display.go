package schema

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"authsync/secrets"
)

// Display spells a value for a person, much as a manifest does, in one line.
// What a service sent cannot break out of the line or command a terminal:
// everything that does not print is escaped. Long texts are cut and carry the
// beginning of their digest, so that two of them can still be told apart.
func Display(v Value) string {
	switch v := v.(type) {
	case nil, Null:
		return "(unset)"
	case Seconds:
		return v.String()
	case Flag:
		return strings.ToLower(string(v))
	case Text:
		return displayText(string(v))
	case Secret:
		if v.Form() == secrets.PlainForm {
			return "(another secret)"
		}
		return v.Value.String()
	case Unmodelled:
		return "(carried)"
	case Object, List, Set:
		return cut(escape(Show(v)))
	}
	return Show(v)
}

func displayText(text string) string {
	if text != "" && strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == '"' }) < 0 &&
		strings.TrimSpace(text) == text {
		return cut(text)
	}
	return cut(strconv.Quote(text))
}

// escape leaves JSON readable and makes the rest of it harmless.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return b.String()
}

const longest = 100

func cut(text string) string {
	runes := []rune(text)
	if len(runes) <= longest {
		return text
	}
	return fmt.Sprintf("%s... (%d characters, sha256 %.8x)", string(runes[:longest-20]), len(runes), sha256.Sum256([]byte(text)))
}

// DisplayPath spells a path for a person. Its names may be a service's.
func DisplayPath(p Path) string {
	if len(p) == 1 {
		return escape(p[0])
	}
	return escape(p.String())
}
