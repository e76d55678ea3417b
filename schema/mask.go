package schema

import (
	"regexp"
	"slices"
	"strings"

	"authsync/secrets"
)

// maskSigns stand for the letters that a service does not show.
const maskSigns = "*＊∗•●∙■█▪"

// mask is how the services hide a secret: ***, LTAI5t***, agKSFS******jKdhas.
var mask = regexp.MustCompile(`^[^` + maskSigns + `]*[` + maskSigns + `]{3,}[^` + maskSigns + `]*$`)

// plainMask is a mask that is no sentence: what nobody writes into a text. It may
// hide several parts: j***@e***.com.
var plainMask = regexp.MustCompile(
	`^[^` + maskSigns + `\s]*[` + maskSigns + `]{3,}(?:[^` + maskSigns + `\s]+[` + maskSigns + `]{3,})*[^` + maskSigns + `\s]*$`)

// masked reports whether a text that a service sent is a mask, is made of
// masks, or is JSON that has one inside.
func masked(text string) bool {
	if !strings.ContainsAny(text, maskSigns) && !strings.Contains(text, `\u`) {
		return false
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
	allMasks := !slices.ContainsFunc(words, func(word string) bool { return !plainMask.MatchString(word) })
	return mask.MatchString(text) || len(words) > 0 && allMasks || holdsMask(unpackAll(Text(text)))
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

// hiddenText is what a mask stands for. What a mask shows is compared around its
// stars, whichever sign the service has for them.
func hiddenText(text Text) Secret {
	if !mask.MatchString(string(text)) && !plainMask.MatchString(string(text)) {
		return Secret{secrets.Hidden("")}
	}
	stars := func(r rune) rune {
		if strings.ContainsRune(maskSigns, r) {
			return '*'
		}
		return r
	}
	return Secret{secrets.Hidden(strings.Map(stars, string(text)))}
}
