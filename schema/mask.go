package schema

import (
	"regexp"
	"slices"
	"strings"

	"authsync/secrets"
)

// mask is how the services hide a secret: ***, LTAI5t***, agKSFS******jKdhas.
var mask = regexp.MustCompile(`^[^*]*\*{3,}[^*]*$`)

// plainMask is a mask that is no sentence: what nobody writes into a text.
var plainMask = regexp.MustCompile(`^[^*\s]*\*{3,}[^*\s]*$`)

// masked reports whether a text that a service sent is a mask, is made of
// masks, or is JSON that has one inside.
func masked(text string) bool {
	if !strings.Contains(text, "***") {
		return false
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
	allMasks := !slices.ContainsFunc(words, func(word string) bool { return !mask.MatchString(word) })
	return mask.MatchString(text) || allMasks || holdsMask(unpack(Text(text)))
}

func holdsMask(v Value) bool {
	if _, text := v.(Text); text {
		return false // it is no JSON
	}
	return Holds(v, func(v Value) bool {
		text, ok := v.(Text)
		return ok && masked(string(text))
	})
}

// hideMasks is what a service sent with every mask in it as a hidden secret:
// written back, it would take the place of what it stands for.
func hideMasks(v Value) Value {
	return Map(v, func(v Value) Value {
		if text, ok := v.(Text); ok && masked(string(text)) {
			return hiddenText(text)
		}
		return v
	})
}

// hiddenText is what a mask stands for.
func hiddenText(text Text) Secret {
	if mask.MatchString(string(text)) {
		return Secret{secrets.Hidden(string(text))}
	}
	return Secret{secrets.Hidden("")}
}
