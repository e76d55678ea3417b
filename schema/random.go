package schema

import (
	"math"
	"strings"

	"authsync/schema/pattern"
)

// LookRandom returns the places of texts in clear that look random and may be keys or
// tokens without a telling name, except those that before has too.
func (e *Environment) LookRandom(before *Environment) []Path {
	var places []Path
	for _, k := range Kinds {
		for _, d := range e.Objects(k) {
			place := k.Path(d.Key.Name)
			Visit(d.Fields, nil, func(at Path, v Value) bool {
				text, ok := v.(Text)
				if ok && k.TakesAnything(at) && !publicKey.MatchString(at.String()) && looksRandom(string(text)) && !Same(before.value(k, d.Key.Name, at), text) {
					places = append(places, append(place[:len(place):len(place)], at...))
				}
				return true
			})
		}
	}
	return places
}

// TakesAnything reports whether the names at a place below an object are the
// service's own.
func (k *Kind) TakesAnything(at Path) bool {
	switch k.typeAt(at).(type) {
	case nil, Column, Any:
		return true
	}
	return false
}

// value is what a manifest states of an object at a path, or nil.
func (e *Environment) value(k *Kind, name string, at Path) Value {
	if d := e.Object(Key{k.Name, name}); d != nil {
		return valueAt(d.Fields, at)
	}
	return nil
}

var (
	dense   = pattern.Of(`^[A-Za-z0-9+/=_.~-]{16,}$`)
	digits  = pattern.Of(`[0-9]`)
	letters = pattern.Of(`[A-Za-z]`)
	// publicKey is at the end of the name of what is random, and for all to see.
	publicKey = pattern.Of(`(?i)public_?key$`)
	dateTime  = pattern.Of(`^[0-9]{4}-[0-9]{2}-[0-9]{2}`)
)

func looksRandom(text string) bool {
	if !dense.MatchString(text) || !digits.MatchString(text) || !letters.MatchString(text) || dateTime.MatchString(text) {
		return false
	}
	return entropy(text) >= 3.3 && len(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-_.", r) })) <= 3
}

// entropy is in bits for each character.
func entropy(text string) float64 {
	counts := map[rune]float64{}
	for _, r := range text {
		counts[r]++
	}
	bits := 0.0
	for _, n := range counts {
		share := n / float64(len(text))
		bits -= share * math.Log2(share)
	}
	return bits
}
