package lock

import (
	"maps"
	"slices"

	"authsync/schema/pattern"
	"authsync/secrets"
)

// digestText matches what a lock holds of a sealed secret.
var digestText = pattern.Of(`\bsha256:[0-9a-f]{64}\b`)

// Reseal replaces in a lock's text the digest of each secret that was sealed again, so
// that the lock says of the new text that it is the one last applied. moved has the
// new armored text by the old one. The lock of another environment that shares a
// secret by a Base can be given too, since a digest never fits by chance.
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

func (e Entry) HoldsSecret() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(e.Fields)), IsDigest)
}
