package secrets_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"filippo.io/age/plugin"

	"authsync/secrets"
)

// A note is believed by the identities that made it, all of them together, for the same text
// at the same place and the same secret, and by nobody and for nothing else.
func TestAttest(t *testing.T) {
	ours, theirs := newX25519(t), newHybrid(t)
	recipients, err := secrets.ParseRecipients([]string{ours.recipient})
	if err != nil {
		t.Fatal(err)
	}
	ring := func(identities string) *secrets.Keyring {
		ids, err := secrets.ParseIdentities(identities, "test", nil)
		if err != nil {
			t.Fatal(err)
		}
		return &secrets.Keyring{Identities: ids}
	}
	at := secrets.Binding{Env: "prod", Path: "providers.github.config.clientSecret"}
	seal := func() secrets.Value {
		v, err := secrets.Seal(secrets.NewClear("4711"), at, recipients)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	text, again := seal(), seal()
	mine := ring(ours.identity)
	digest, ok := mine.Attest(text, secrets.NewClear("4711"))
	if !ok || len(digest) != hex.EncodedLen(sha256.Size) {
		t.Fatalf("%q %v", digest, ok)
	}
	// To the other identity, which more people may have, the text is not sealed.
	both := ring(theirs.identity + "\n" + ours.identity)
	shared, ok := both.Attest(text, secrets.NewClear("4711"))
	alone, _ := ring(theirs.identity).Attest(text, secrets.NewClear("4711"))
	if !ok {
		t.Fatal("two identities attest nothing")
	}
	for name, row := range map[string]struct {
		keys   *secrets.Keyring
		digest string
		sealed secrets.Value
		holds  string
		want   bool
	}{
		"its own":                {mine, digest, text, "4711", true},
		"read another time":      {ring(ours.identity), digest, text, "4711", true},
		"two, in another order":  {ring(ours.identity + "\n" + theirs.identity + "\n" + ours.identity), shared, text, "4711", true},
		"two, one has made it":   {both, digest, text, "4711", false},
		"two, a stranger has":    {both, alone, text, "4711", false},
		"one, two have made it":  {mine, shared, text, "4711", false},
		"a stranger, two have":   {ring(theirs.identity), shared, text, "4711", false},
		"another secret":         {mine, digest, text, "4712", false},
		"the same, sealed again": {mine, digest, again, "4711", false},
		"another place":          {mine, digest, secrets.Sealed(text.Armored(), secrets.Binding{Env: at.Env, Path: "providers.b.config.clientSecret"}), "4711", false},
		"another environment":    {mine, digest, secrets.Sealed(text.Armored(), secrets.Binding{Env: "test", Path: at.Path}), "4711", false},
		"no sealed text":         {mine, digest, secrets.Plain(text.Armored()), "4711", false},
		"another identity":       {ring(theirs.identity), digest, text, "4711", false},
		"no identity":            {&secrets.Keyring{}, digest, text, "4711", false},
		"one that was closed":    {mine.Narrow(map[string]struct{}{at.Path: {}}), digest, text, "4711", false},
		"without a key":          {mine, secrets.KeyedDigest("", at.Env, at.Path, text.Armored(), "4711"), text, "4711", false},
		"by the public key":      {mine, secrets.KeyedDigest(ours.recipient, at.Env, at.Path, text.Armored(), "4711"), text, "4711", false},
		"nothing":                {mine, "", text, "4711", false},
	} {
		if got := row.keys.Attests(row.digest, row.sealed, secrets.NewClear(row.holds)); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	program, ssh := plugin.EncodeIdentity("stub", []byte("data")), newEd25519(t).identity
	for name, id := range map[string]string{
		"a program's": program, "an SSH key": ssh, "one beside a program's": ours.identity + "\n" + program,
	} {
		if digest, ok := ring(id).Attest(text, secrets.NewClear("4711")); ok {
			t.Errorf("%s attests %q", name, digest)
		}
	}
}
