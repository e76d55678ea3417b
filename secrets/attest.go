package secrets

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"filippo.io/age"
)

// To open a sealed text takes longer than all else that a comparison does. What a text
// holds never changes, so an identity that has opened it can note that, and believe its
// own note later.
//
// The note is a keyed digest of the sealed text, the place where it stands, and the
// secret. Its key is derived from the identity:
//
//   - Nobody else can make one. A key that is sealed to recipients would not do: anybody
//     can seal one that he knows, and then say of any text that it holds what live shows.
//   - Nobody else can test a guess with one, whoever was a recipient once, or is one of
//     other texts only. Who has the identity can open the text itself.
//   - It is about this text alone, which is random, and about this place. A text that was
//     sealed again, or moved, has none, and is opened. So it does not matter where a
//     note comes from: an older lock, another one, or a merge of two.
//
// Identities of plugins, and SSH keys, show no secret to derive a key from: they open.

// noteUse keeps keys of notes apart from whatever else an identity may be used for.
const noteUse = "authsync: what a sealed text holds"

// Attest returns a digest by which the same identity knows later that a sealed value
// holds a secret. Not ok = no identity here can make one.
func (k *Keyring) Attest(sealed Value, holds Clear) (digest string, ok bool) {
	keys := k.noteKeys(sealed)
	if len(keys) == 0 {
		return "", false
	}
	return note(keys[0], sealed, holds), true
}

// Attests reports whether a digest is one that an identity here made for a sealed value
// and a secret. It opens nothing.
func (k *Keyring) Attests(digest string, sealed Value, holds Clear) bool {
	return slices.ContainsFunc(k.noteKeys(sealed), func(key string) bool {
		return sameText(note(key, sealed, holds), digest)
	})
}

// noteKeys returns the keys of the identities, none for a value that counts as closed.
func (k *Keyring) noteKeys(sealed Value) []string {
	if sealed.Form() != SealedForm || k.closed(sealed) != nil {
		return nil
	}
	k.deriving.Do(func() {
		for _, id := range inOrder(k.Identities) {
			if key := id.(*identity).noteKey(); key != "" {
				k.derived = append(k.derived, key)
			}
		}
	})
	return k.derived
}

func note(key string, sealed Value, holds Clear) string {
	place := sealed.Binding()
	return KeyedDigest(key, place.Env, place.Path, sealed.Armored(), holds.Reveal())
}

// noteKey returns the key of an identity's notes, or "".
func (i *identity) noteKey() string {
	if i.text == nil {
		return ""
	}
	key, err := hkdf.Key(sha256.New, []byte(i.text()), nil, noteUse, sha256.Size)
	if err != nil {
		return ""
	}
	return string(key)
}

// textOf returns what gives an identity's private text, if age lets have it; else nil.
func textOf(id age.Identity) func() string {
	switch id := id.(type) {
	case *age.X25519Identity:
		return id.String
	case *age.HybridIdentity:
		return id.String
	}
	return nil
}

// KeyedDigest returns the HMAC-SHA-256 of a list of texts, in hexadecimal. Moving
// characters from one text into the next changes it.
func KeyedDigest(key string, parts ...string) string {
	mac := hmac.New(sha256.New, []byte(key))
	for _, part := range parts {
		mac.Write([]byte(strconv.Itoa(len(part)) + ":" + part))
	}
	return hex.EncodeToString(mac.Sum(nil))
}
