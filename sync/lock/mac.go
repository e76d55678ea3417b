package lock

import (
	"crypto/rand"
	"strings"

	"filippo.io/age"

	"authsync/diff"
	"authsync/secrets"
)

// MACKey is a key for digests of texts that must not be guessed. It is kept sealed to
// recipients. The zero key is none.
type MACKey struct {
	sealed secrets.Value
	clear  string // "" = not opened
}

// NewMACKey makes a key, sealed for its place.
func NewMACKey(place secrets.Binding, recipients []age.Recipient) (MACKey, error) {
	clear := rand.Text() + rand.Text()
	sealed, err := secrets.Seal(secrets.NewClear(clear), place, recipients)
	return MACKey{sealed, clear}, err
}

// PassingMACKey makes a key that nobody keeps.
func PassingMACKey() MACKey { return MACKey{clear: rand.Text() + rand.Text()} }

// SealedMACKey returns a key that is not opened yet.
func SealedMACKey(sealed secrets.Value) MACKey { return MACKey{sealed: sealed} }

// Open opens the key, so that it can digest.
func (k *MACKey) Open(keys diff.Opener) error {
	clear, err := keys.Open(k.sealed)
	k.clear = clear.Reveal()
	return err
}

// Sealed returns the sealed key for a file; zero = none.
func (k MACKey) Sealed() secrets.Value { return k.sealed }

// Opened reports whether the key can digest.
func (k MACKey) Opened() bool { return k.clear != "" }

const macPrefix = "hmac:"

// Digest returns the keyed digest of a list of texts. Moving characters from one text
// into the next changes the digest.
func (k MACKey) Digest(parts ...string) string {
	return macPrefix + secrets.KeyedDigest(k.clear, parts...)
}

// IsMAC reports whether a text is a keyed digest.
func IsMAC(text string) bool { return strings.HasPrefix(text, macPrefix) }
