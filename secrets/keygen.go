package secrets

import (
	"fmt"
	"io"
	"time"

	"filippo.io/age"
)

// An IdentityKind is a kind of identity that can be generated.
type IdentityKind string

// The kinds of identity that can be generated. The zero kind is X25519.
const (
	X25519      IdentityKind = "x25519" // classic; understood by every age
	PostQuantum IdentityKind = "pq"     // hybrid ML-KEM-768 and X25519; needs age 1.3
)

// GenerateIdentity writes a new identity to w as age-keygen does, with the time at which
// it was created, and returns its recipient. It is the one function that writes a
// private key: w must be for the owner's eyes alone.
func GenerateIdentity(w io.Writer, kind IdentityKind, created time.Time) (recipient string, err error) {
	var identity fmt.Stringer
	switch kind {
	case X25519, "":
		id, err := age.GenerateX25519Identity()
		if err != nil {
			return "", err
		}
		identity, recipient = id, id.Recipient().String()
	case PostQuantum:
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return "", err
		}
		identity, recipient = id, id.Recipient().String()
	default:
		return "", fmt.Errorf("unknown kind of identity %q: it is %q or %q", kind, X25519, PostQuantum)
	}
	_, err = fmt.Fprintf(w, "# created: %s\n# public key: %s\n%s\n", created.Format(time.RFC3339), recipient, identity)
	if err != nil {
		return "", err
	}
	return recipient, nil
}
