package schema

import (
	"slices"
	"strings"

	"authsync/schema/pattern"
	"authsync/secrets"
)

// maskSigns replace the characters that a service does not show.
const maskSigns = "*＊∗•●∙■█▪"

// mask is how the services hide a secret: ***, LTAI5t***, agKSFS******jKdhas.
var mask = pattern.Of(`^[^` + maskSigns + `]*[` + maskSigns + `]{3,}[^` + maskSigns + `]*$`)

// plainMask is a mask that is no sentence: what nobody writes into a text. It may
// hide several parts: j***@e***.com.
var plainMask = pattern.Of(
	`^[^` + maskSigns + `\s]*[` + maskSigns + `]{3,}(?:[^` + maskSigns + `\s]+[` + maskSigns + `]{3,})*[^` + maskSigns + `\s]*$`)

// NotAValue is what is wrong with a mask that a person gives.
const NotAValue = "is a mask, as the services show secrets, and not a value"

// IsMask reports whether a service's text is a mask, consists of masks, or is JSON
// that contains one.
func IsMask(text string) bool {
	if !strings.ContainsAny(text, maskSigns) && !strings.Contains(text, `\u`) {
		return false
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
	allMasks := !slices.ContainsFunc(words, func(word string) bool { return !plainMask.MatchString(word) })
	return mask.MatchString(text) || allMasks || holdsMask(unpackAll(Text(text)))
}

func holdsMask(v Value) bool {
	if _, text := v.(Text); text {
		return false // it is no JSON
	}
	return Holds(v, func(v Value) bool {
		text, ok := v.(Text)
		return ok && IsMask(string(text))
	})
}

// hideMasks replaces every mask in a service's answer by a hidden secret, since a mask
// that is written back would overwrite the value.
func hideMasks(v Value) Value {
	return Map(v, func(v Value) Value {
		if text, ok := v.(Text); ok && IsMask(string(text)) {
			return hiddenText(text)
		}
		return v
	})
}

// hiddenText returns the secret of a mask. The visible part of a mask can be compared,
// whatever character masks the rest.
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

// Hidden returns the paths of values that live hides, or lists that contain one: a
// body with one would write the mask back.
func Hidden(o Object) []Path {
	var paths []Path
	Visit(o, nil, func(at Path, v Value) bool {
		hides := IsList(v) && Hides(v) || isHidden(v)
		if hides {
			paths = append(paths, at)
		}
		return !hides
	})
	return paths
}

func Hides(v Value) bool { return Holds(v, isHidden) }

func isHidden(v Value) bool {
	secret, ok := v.(Secret)
	return ok && secret.Form() == secrets.HiddenForm
}

// WhollyHidden reports whether a value is a secret of which the service shows nothing,
// so that the service may have none.
func WhollyHidden(v Value) bool { return isHidden(v) && v.(Secret).Visible() == "" }
