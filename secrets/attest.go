package secrets

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"filippo.io/age"

	"authsync/schema/list"
)

// To open a sealed text takes longer than all else that a comparison does. What a text
// holds never changes, so who has opened it can note that, and believe that note later.
//
// The note is a keyed digest of the sealed text, the place where it stands, and the
// secret. Its key is derived from all identities at hand:
//
//   - Nobody else can make one. A key that is sealed to recipients would not do: anybody
//     can seal one that he knows, and then say of any text that it holds what live shows.
//   - Nobody else can test a guess with one, whoever was a recipient once, or is one of
//     other texts only. Who has all these identities can open the text itself. One of them
//     would not do: it may be one to which the text is not sealed, which more people have.
//   - It is about this text alone, which is random, and about this place. A text that was
//     sealed again, or moved, has none, and is opened. So it does not matter where a
//     note comes from: an older lock, another one, or a merge of two.
//
// Identities of plugins, SSH keys and passphrases show no secret to derive a key from: if
// any is at hand, every text is opened.

// noteUse keeps keys of notes apart from whatever else an identity may be used for.
const noteUse = "authsync: what a sealed text holds"

// Attest returns a digest by which the same identities know later that a sealed value,
// which they have opened, holds a secret. Not ok = they make none.
func (k *Keyring) Attest(sealed Value, holds Clear) (digest string, ok bool) {
	key := k.noteKey(sealed)
	if key == "" {
		return "", false
	}
	return note(key, sealed, holds), true
}

// Attests reports whether a digest is one that the identities here made for a sealed value
// and a secret. It opens nothing.
func (k *Keyring) Attests(digest string, sealed Value, holds Clear) bool {
	key := k.noteKey(sealed)
	return key != "" && sameText(note(key, sealed, holds), digest)
}

// noteKey returns the key of the identities' notes; "" for a value that counts as closed,
// and where they make none.
func (k *Keyring) noteKey(sealed Value) string {
	if sealed.Form() != SealedForm || k.closed(sealed) != nil {
		return ""
	}
	k.deriving.Do(func() { k.derived = derived(k.Identities) })
	return k.derived
}

// derived returns a key that follows from all identities together, or "".
func derived(identities []age.Identity) string {
	var texts []string
	for _, id := range identities {
		text := unprintable(id).text
		if text == nil {
			return ""
		}
		texts = append(texts, text())
	}
	if len(texts) == 0 {
		return ""
	}
	key, err := hkdf.Key(sha256.New, []byte(strings.Join(list.Distinct(texts), "\n")), nil, noteUse, sha256.Size)
	if err != nil {
		return ""
	}
	return string(key)
}

func note(key string, sealed Value, holds Clear) string {
	place := sealed.Binding()
	return KeyedDigest(key, place.Env, place.Path, sealed.Armored(), holds.Reveal())
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
