package secrets_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"

	"authsync/secrets"
)

const rightPassphrase = "correct horse"

// lockedFile is an age identity file under a passphrase, cheap to open.
func lockedFile(t *testing.T, text string) []byte {
	t.Helper()
	r, err := age.NewScryptRecipient(rightPassphrase)
	if err != nil {
		t.Fatal(err)
	}
	r.SetWorkFactor(2)
	var out bytes.Buffer
	w, err := age.Encrypt(&out, r)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func inArmor(t *testing.T, file []byte) string {
	t.Helper()
	var out bytes.Buffer
	w := armor.NewWriter(&out)
	w.Write(file)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// lockedKey is an SSH private key under the passphrase, and its public key.
func lockedKey(t *testing.T, key interface{}) (private, public string) {
	t.Helper()
	block, err := ssh.MarshalPrivateKeyWithPassphrase(key, "", []byte(rightPassphrase))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block)), string(ssh.MarshalAuthorizedKey(signer.PublicKey()))
}

// answers are what a person types, one after the other.
func answers(asked *[]string, texts ...string) secrets.Passphrase {
	return func(p *secrets.ProtectedIdentityError, attempt int) (secrets.Clear, error) {
		*asked = append(*asked, fmt.Sprintf("%s %d %s %d", p.Source, p.Line, p.What, attempt))
		if attempt > len(texts) {
			return secrets.Clear{}, secrets.ErrWrongPassphrase
		}
		return secrets.NewClear(texts[attempt-1]), nil
	}
}

func TestParseProtectedIdentities(t *testing.T) {
	x := newX25519(t)
	file := lockedFile(t, "# a comment\n"+x.identity+"\n")
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edPrivate, edPublic := lockedKey(t, edKey)
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaPrivate, rsaPublic := lockedKey(t, rsaKey)
	for _, tt := range []struct {
		name, text, recipient, asked string
	}{
		{"age file", string(file), x.recipient, "key 1 age identity file"},
		{"age file in armor", "\n" + inArmor(t, file), x.recipient, "key 2 age identity file"},
		{"ed25519", edPrivate, edPublic, "key 1 SSH private key"},
		{"RSA", newX25519(t).identity + "\n" + rsaPrivate, rsaPublic, "key 2 SSH private key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked []string
			ids, err := secrets.ParseIdentities(tt.text, "key", answers(&asked, "", "wrong", rightPassphrase))
			if err != nil {
				t.Fatal(err)
			}
			if len(asked) != 3 || asked[2] != tt.asked+" 3" {
				t.Errorf("asked %q", asked)
			}
			v := sealTo(t, tt.recipient)
			if clear, err := (&secrets.Keyring{Identities: ids}).Open(v); err != nil || clear.Reveal() != canary {
				t.Errorf("does not open what is sealed to it: %v", err)
			}
			checkSilent(t, "identities", fmt.Sprintf("%v %+v %#v", ids, ids, ids))

			asked = nil
			_, err = secrets.ParseIdentities(tt.text, "key", answers(&asked, "wrong"))
			if !errors.Is(err, secrets.ErrWrongPassphrase) || len(asked) != 2 {
				t.Errorf("after the last attempt: %v, asked %q", err, asked)
			}
			var protected *secrets.ProtectedIdentityError
			if _, err = secrets.ParseIdentities(tt.text, "key", nobody); !errors.As(err, &protected) {
				t.Errorf("with nobody to ask: %v", err)
			}
		})
	}
}

// What is damaged, or no file of a passphrase's at all, is not asked for again
// and again.
func TestProtectedIdentityThatIsNone(t *testing.T) {
	other := sealTo(t, newX25519(t).recipient).Armored()
	whole := lockedFile(t, newX25519(t).identity)
	for name, text := range map[string]string{
		"sealed to a key": other,
		"cut off":         string(whole[:len(whole)-3]),
		"no header":       "age-encryption.org/v1\n",
		"holds nothing":   string(lockedFile(t, "# nothing\n")),
	} {
		t.Run(name, func(t *testing.T) {
			var asked []string
			_, err := secrets.ParseIdentities(text, "key", answers(&asked, rightPassphrase, rightPassphrase))
			var bad *secrets.IdentityError
			if !errors.As(err, &bad) || len(asked) != 1 {
				t.Errorf("got %v, asked %q", err, asked)
			}
		})
	}
}

// The error of a wrong identity says who could open the value.
func TestWrongIdentityNamesTheDeclared(t *testing.T) {
	other, mine := newX25519(t), newX25519(t)
	ids, err := secrets.ParseIdentities(mine.identity, "key", nobody)
	if err != nil {
		t.Fatal(err)
	}
	keys := &secrets.Keyring{Identities: ids, Declared: func(b secrets.Binding) []string { return []string{other.recipient} }}
	_, err = keys.Open(sealTo(t, other.recipient))
	short := other.recipient[:16] + "..." + other.recipient[len(other.recipient)-8:]
	want := "the identity does not open it (sealed to: X25519; the manifest declares " + short + ")"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func sealTo(t *testing.T, recipient string) secrets.Value {
	t.Helper()
	recipients, err := secrets.ParseRecipients([]string{recipient})
	if err != nil {
		t.Fatal(err)
	}
	v, err := secrets.Seal(secrets.NewClear(canary), secrets.Binding{Env: "prod", Path: "a"}, recipients)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// nobody gives no passphrase.
func nobody(*secrets.ProtectedIdentityError, int) (secrets.Clear, error) {
	return secrets.Clear{}, secrets.ErrNobodyToAsk
}
