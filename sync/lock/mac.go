package lock

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"filippo.io/age"

	"authsync/diff"
	"authsync/secrets"
)

// MACKey is a key that is kept sealed to recipients, and under which texts are
// digested that must not be guessed. The zero key is none.
type MACKey struct {
	sealed secrets.Value
	clear  string // "" = not opened here
}

// NewMACKey makes a key, sealed for its place.
func NewMACKey(place secrets.Binding, recipients []age.Recipient) (MACKey, error) {
	clear := rand.Text() + rand.Text()
	sealed, err := secrets.Seal(secrets.NewClear(clear), place, recipients)
	return MACKey{sealed, clear}, err
}

// SealedMACKey is a key that is not opened yet.
func SealedMACKey(sealed secrets.Value) MACKey { return MACKey{sealed: sealed} }

// Open opens the key, so that it can digest.
func (k *MACKey) Open(keys diff.Opener) error {
	clear, err := keys.Open(k.sealed)
	k.clear = clear.Reveal()
	return err
}

// Sealed is the key as a file holds it; zero = there is none.
func (k MACKey) Sealed() secrets.Value { return k.sealed }

// Opened reports whether it can digest.
func (k MACKey) Opened() bool { return k.clear != "" }

const macPrefix = "hmac:"

// Digest is the keyed digest of texts, each by itself: what moves from one into
// the next makes another digest.
func (k MACKey) Digest(parts ...string) string {
	mac := hmac.New(sha256.New, []byte(k.clear))
	for _, part := range parts {
		mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return macPrefix + hex.EncodeToString(mac.Sum(nil))
}

// IsMAC reports whether a text is a keyed digest.
func IsMAC(text string) bool { return strings.HasPrefix(text, macPrefix) }
