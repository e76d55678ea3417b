package schema

import "authsync/schema/quirk"

// Stamp is the time of an object's last change, as a list shows it. An object whose
// stamp has not moved need not be read in detail.
type Stamp struct {
	// Field is its wire name; "" = there is none.
	Field string
	// Quirk says whether the service moves it with changes, and with nothing else.
	Quirk quirk.Name
	// Secrets says what a list shows of secrets.
	Secrets ListedSecrets
}

// ListedSecrets says what a list shows of an object's secrets.
type ListedSecrets int

const (
	// MaskedAlike are masked as in the answer for one object.
	MaskedAlike ListedSecrets = iota
	// Blanked read as empty, and the answer for one object shows them.
	Blanked
)

// Believable reports whether nothing known of the service speaks against the stamp.
func (s Stamp) Believable(known quirk.Set) bool {
	return s.Field != "" && !known.Known(s.Quirk, quirk.OnRead) && !known.Known(s.Quirk, quirk.AtCreation)
}
