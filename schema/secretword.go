package schema

import (
	"slices"
	"strings"
	"unicode"
)

// endsAsSecret reports whether a name ends as the names of secrets do. It tries every
// beginning that is left when words that say in which form a secret is are taken off the
// name's end: tokenValue2 is token, Value and 2.
func endsAsSecret(name string) bool {
	other := strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) // letters with cases of their own
	if other || len(name) > longestAnswer {
		return secretName().MatchString(name)
	}
	left := make([]bool, len(name)+1) // lengths of beginnings to try
	left[len(name)] = true
	for n := len(name); n > 0; n-- {
		head := name[:n]
		if !left[n] {
			continue
		}
		if endsInSecret(head) || endsInSecret(strings.TrimSuffix(head, "s")) {
			return true
		}
		for _, stem := range withoutForm(head) {
			left[len(stem)] = true
			left[len(withoutJoint(stem))] = true
		}
	}
	return false
}

// withoutForm returns what is before a word of [after], or before the last digit of a
// version.
func withoutForm(name string) (stems []string) {
	for _, form := range after {
		if stem, is := cutEnd(name, form); is {
			stems = append(stems, stem)
		}
	}
	if digits := trailingDigits(name); digits > 0 {
		stem := name[:len(name)-1]
		stems = append(stems, stem)
		if before, is := cutEnd(stem, "v"); is {
			stems = append(stems, before)
		}
	}
	return stems
}

// endsInSecret reports whether a name ends in a word of a secret, without more.
func endsInSecret(name string) bool {
	if slices.ContainsFunc(anywhere, func(word string) bool { _, is := cutEnd(name, word); return is }) ||
		slices.ContainsFunc(words, func(word string) bool { return endsInOwn(name, word) }) {
		return true
	}
	for _, phrase := range phrases {
		first, rest, _ := strings.Cut(phrase, " ")
		if stem, is := cutEnd(name, rest); is && (endsInOwn(stem, first) || endsInOwn(withoutJoint(stem), first)) {
			return true
		}
	}
	stem, isKey := cutEnd(name, "key")
	return isKey && (endsInKeyWord(stem) || endsInKeyWord(withoutJoint(stem)))
}

// endsInKeyWord reports whether a name ends in a word that makes a following "key" secret.
// A version may follow it.
func endsInKeyWord(name string) bool {
	ends := func(stem string) bool {
		return slices.ContainsFunc(keyWords, func(word string) bool { return endsInOwn(stem, word) })
	}
	if ends(name) {
		return true
	}
	for n := range trailingDigits(name) {
		stem := name[:len(name)-n-1]
		older, _ := cutEnd(stem, "v")
		for _, s := range []string{stem, withoutJoint(stem), older, withoutJoint(older)} {
			if ends(s) {
				return true
			}
		}
	}
	return false
}

// endsInOwn reports whether a name ends in a word that begins there; see [ownWord].
func endsInOwn(name, word string) bool {
	stem, is := cutEnd(name, word)
	if !is {
		return false
	}
	var before byte // 0 = nothing
	if stem != "" {
		before = stem[len(stem)-1]
	}
	switch end := name[len(stem):]; {
	case end == word && !isCapital(before) && !isSmall(before), end[1:] == word[1:] && isCapital(end[0]):
		return true
	default:
		return end == strings.ToUpper(end) && !isCapital(before)
	}
}

// cutEnd cuts a word of small letters off a name's end, in whatever case it is there.
func cutEnd(name, word string) (stem string, is bool) {
	n := len(name) - len(word)
	if n < 0 || !strings.EqualFold(name[n:], word) {
		return name, false
	}
	return name[:n], true
}

// withoutJoint takes off what joins two words.
func withoutJoint(name string) string {
	if name != "" && strings.ContainsRune("-_. ", rune(name[len(name)-1])) {
		return name[:len(name)-1]
	}
	return name
}

func trailingDigits(name string) int {
	return len(name) - len(strings.TrimRight(name, "0123456789"))
}

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }
func isSmall(c byte) bool   { return 'a' <= c && c <= 'z' }
