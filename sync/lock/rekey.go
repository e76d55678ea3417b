package lock

import (
	"regexp"

	"authsync/secrets"
)

// digestText is what a lock holds of a sealed secret.
var digestText = regexp.MustCompile(`\bsha256:[0-9a-f]{64}\b`)

// Reseal returns a lock's text with the digest of each secret that was sealed
// anew moved along, so that the lock says of the new text what it said of the
// old: that it is the one last applied. moved has the new armored text by the
// old one. A lock that another environment keeps, and that holds one of them by
// way of a shared Base, can be given too: no digest fits by chance.
func Reseal(lock []byte, moved map[string]string) []byte {
	digests := make(map[string]string, len(moved))
	for before, after := range moved {
		digests[digestOf(before)] = digestOf(after)
	}
	return digestText.ReplaceAllFunc(lock, func(old []byte) []byte {
		if moved, ok := digests[string(old)]; ok {
			return []byte(moved)
		}
		return old
	})
}

func digestOf(armored string) string {
	return sealedDigest(secrets.Sealed(armored, secrets.Binding{}))
}

// HoldsSecret reports whether an entry has the digest of a secret.
func (e Entry) HoldsSecret() bool {
	for _, text := range e.Fields {
		if IsDigest(text) {
			return true
		}
	}
	return false
}
