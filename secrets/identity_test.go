package secrets_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"authsync/secrets"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

// pair is the text of an identity and of its recipient.
type pair struct{ identity, recipient string }

func newX25519(t testing.TB) pair {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return pair{id.String(), id.Recipient().String()}
}

func newHybrid(t testing.TB) pair {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return pair{id.String(), id.Recipient().String()}
}

func newEd25519Key(t testing.TB) ed25519.PrivateKey {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newEd25519(t testing.TB) pair {
	t.Helper()
	return sshPair(t, newEd25519Key(t))
}

// rsaKey is made once: it takes long.
var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func newRSAKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	key, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sshPair(t testing.TB, key any) pair {
	t.Helper()
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pair{
		string(pem.EncodeToMemory(block)),
		strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))),
	}
}

// open opens v with the identities of a text.
func open(t testing.TB, v secrets.Value, identities string) (secrets.Clear, error) {
	t.Helper()
	ids, err := secrets.ParseIdentities(identities, "key.txt", nobody)
	if err != nil {
		t.Fatal(err)
	}
	return (&secrets.Keyring{Identities: ids}).Open(v)
}

func TestEveryKindOfKey(t *testing.T) {
	kinds := []struct {
		name   string
		pair   pair
		stanza string
	}{
		{"X25519", newX25519(t), "X25519"},
		{"post-quantum", newHybrid(t), "mlkem768x25519"},
		{"SSH ed25519", newEd25519(t), "ssh-ed25519"},
		{"SSH RSA", sshPair(t, newRSAKey(t)), "ssh-rsa"},
	}
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			v, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, kind.pair.recipient))
			if err != nil {
				t.Fatal(err)
			}
			if c, err := open(t, v, kind.pair.identity); err != nil || c.Reveal() != canary {
				t.Errorf("not opened: %v", err)
			}

			_, err = open(t, v, newX25519(t).identity)
			want := &secrets.WrongIdentityError{Identities: 1, SealedTo: []string{kind.stanza}}
			var wrong *secrets.WrongIdentityError
			if !errors.As(err, &wrong) {
				t.Fatalf("with another key the error is %v", err)
			}
			if diff := cmp.Diff(want, wrong); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}

	t.Run("several", func(t *testing.T) {
		var recipients, identities []string
		for _, kind := range kinds {
			if kind.stanza != "mlkem768x25519" {
				recipients = append(recipients, kind.pair.recipient)
			}
			identities = append(identities, kind.pair.identity)
		}
		v, err := secrets.Seal(secrets.NewClear(canary), somewhere,
			parseRecipients(t, append(recipients, newX25519(t).recipient)...))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := open(t, v, strings.Join(identities, "\n# and\n\n")); err != nil || c.Reveal() != canary {
			t.Errorf("not opened: %v", err)
		}
		_, err = open(t, v, newX25519(t).identity+"\n"+newEd25519(t).identity)
		const want = "none of the 2 identities opens it (sealed to: X25519 (2), ssh-ed25519, ssh-rsa)"
		if err == nil || err.Error() != want {
			t.Errorf("error is %q, want %q", err, want)
		}
	})

	t.Run("to a hardware key's tag", func(t *testing.T) {
		v, err := secrets.Seal(secrets.NewClear(canary), somewhere, parseRecipients(t, tagged))
		if err != nil {
			t.Fatal(err)
		}
		_, err = open(t, v, newX25519(t).identity)
		const want = "the identity does not open it (sealed to: p256tag)"
		if err == nil || err.Error() != want {
			t.Errorf("error is %q, want %q", err, want)
		}
	})
}

func TestParseIdentitiesForms(t *testing.T) {
	x, ed := newX25519(t), newEd25519(t)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(newEd25519Key(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text string
		want       int
	}{
		{"bare line", x.identity, 1},
		{"comments and empty lines", "# created: x\n\n" + x.identity + "\n\n# end", 1},
		{"windows line ends", "# created: x\r\n" + x.identity + "\r\n", 1},
		{"white space", "  " + x.identity + " \n", 1},
		{"several", x.identity + "\n" + newHybrid(t).identity + "\n" + pluginIdentity(missing, stubData), 3},
		{"SSH without a line end", strings.TrimSpace(ed.identity), 1},
		{"SSH with windows line ends", strings.ReplaceAll(ed.identity, "\n", "\r\n"), 1},
		{"SSH, twice", ed.identity + ed.identity, 2},
		{"age and SSH", x.identity + "\n" + ed.identity + x.identity, 3},
		{"PKCS 1", pemText("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(newRSAKey(t))), 1},
		{"PKCS 8", pemText("PRIVATE KEY", pkcs8), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ids, err := secrets.ParseIdentities(tt.text, "key.txt", nobody)
			if err != nil {
				t.Fatal(err)
			}
			if len(ids) != tt.want {
				t.Errorf("%d identities, want %d", len(ids), tt.want)
			}
		})
	}
}

func pemText(name string, data []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: name, Bytes: data}))
}

func TestParseIdentitiesRefuses(t *testing.T) {
	x, ed := newX25519(t), newEd25519(t)
	const accepted = "; accepted are AGE-SECRET-KEY-1..., AGE-SECRET-KEY-PQ-1..., AGE-PLUGIN-NAME-1..., and SSH private keys of type ed25519 and RSA"
	const recipient = "this is a recipient, which is public, and not an identity" + accepted
	const badSSH = "malformed or unsupported SSH private key" + accepted
	weak, err := ssh.MarshalPrivateKeyWithPassphrase(newEd25519Key(t), "", []byte("passphrase"))
	if err != nil {
		t.Fatal(err)
	}
	old := string(pem.EncodeToMemory(&pem.Block{
		Type:    "RSA PRIVATE KEY",
		Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-128-CBC,00000000000000000000000000000000"},
		Bytes:   []byte(canary),
	}))
	protected := func(line int, what string) error {
		return &secrets.ProtectedIdentityError{Source: "key.txt", Line: line, What: what}
	}
	bad := func(line int, reason string) error {
		return &secrets.IdentityError{Source: "key.txt", Line: line, Reason: reason}
	}
	tests := []struct {
		name, text string
		want       error
		message    string
	}{
		{"empty", "", bad(0, "no identities found"), "key.txt: no identities found"},
		{"only comments", "# created\n", bad(0, "no identities found"), "key.txt: no identities found"},
		{"anything", "# x\n" + canary, bad(2, "not an identity"+accepted), "key.txt: line 2: not an identity" + accepted},
		{"recipient", x.recipient, bad(1, recipient), "key.txt: line 1: " + recipient},
		{"SSH recipient", ed.recipient, bad(1, recipient), "key.txt: line 1: " + recipient},
		{"X25519, cut off", x.identity[:40], bad(1, "malformed X25519 identity: mistyped or cut off"), "key.txt: line 1: malformed X25519 identity: mistyped or cut off"},
		{"after a good one", x.identity + "\n" + x.identity + "canary", bad(2, "malformed X25519 identity: mistyped or cut off"), "key.txt: line 2: malformed X25519 identity: mistyped or cut off"},
		{"post-quantum, cut off", "AGE-SECRET-KEY-PQ-1canary", bad(1, "malformed post-quantum identity: mistyped or cut off"), "key.txt: line 1: malformed post-quantum identity: mistyped or cut off"},
		{"plugin's, cut off", "AGE-PLUGIN-STUB-1canary", bad(1, "malformed plugin identity: mistyped or cut off"), "key.txt: line 1: malformed plugin identity: mistyped or cut off"},
		{"SSH, cut off", "\n\n" + ed.identity[:120], bad(3, badSSH), "key.txt: line 3: " + badSSH},
		{"certificate", pemText("CERTIFICATE", []byte(canary)), bad(1, badSSH), "key.txt: line 1: " + badSSH},
		{"SSH with passphrase", x.identity + "\n" + string(pem.EncodeToMemory(weak)), protected(2, "SSH private key"), "key.txt: line 2: the SSH private key is protected by a passphrase"},
		{"old SSH with passphrase", old, protected(1, "SSH private key"), "key.txt: line 1: the SSH private key is protected by a passphrase"},
		{"PKCS 8 with passphrase", pemText("ENCRYPTED PRIVATE KEY", []byte(canary)), protected(1, "SSH private key"), "key.txt: line 1: the SSH private key is protected by a passphrase"},
		{"age with passphrase, armored", "\n" + readFile(t, "form1.age"), protected(2, "age identity file"), "key.txt: line 2: the age identity file is protected by a passphrase"},
		{"age with passphrase, binary", "age-encryption.org/v1\n-> scrypt", protected(1, "age identity file"), "key.txt: line 1: the age identity file is protected by a passphrase"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ids, err := secrets.ParseIdentities(tt.text, "key.txt", nobody)
			if diff := cmp.Diff(tt.want, err); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if err == nil || err.Error() != tt.message {
				t.Errorf("message is %q, want %q", err, tt.message)
			}
			if ids != nil {
				t.Error("it gives identities all the same")
			}
			if err != nil {
				checkSilent(t, "the error", err.Error())
			}
		})
	}
}

// TestIdentitiesDoNotPrint covers parsed identities, and age's own in a Keyring, which
// fmt would print by their String methods.
func TestIdentitiesDoNotPrint(t *testing.T) {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	x, pq, ed := newX25519(t), newHybrid(t), newEd25519(t)
	rsaPair := sshPair(t, newRSAKey(t))
	ids, err := secrets.ParseIdentities(strings.Join([]string{
		x.identity, pq.identity, pluginIdentity(works, stubData), ed.identity, rsaPair.identity,
	}, "\n"), "key.txt", nobody)
	if err != nil {
		t.Fatal(err)
	}
	k := &secrets.Keyring{Identities: append(ids, own)}
	marks := []string{"AGE-SECRET-KEY", "AGE-PLUGIN", "PRIVATE KEY"}
	for how, print := range printers() {
		if how == "go-cmp" {
			continue // nobody compares keyrings, and identities have no equality
		}
		for what, holder := range map[string]any{
			"the identities": ids, "the keyring": k,
			"a struct": struct {
				K  *secrets.Keyring
				ID age.Identity
				id age.Identity
			}{k, ids[0], ids[2]},
		} {
			output := print(holder)
			for _, mark := range marks {
				if strings.Contains(strings.ToUpper(output), mark) {
					t.Errorf("%s of %s shows %q", how, what, mark)
				}
			}
		}
	}
	if got, want := fmt.Sprintf("%v", k), "(keyring: identities: 6)"; got != want {
		t.Errorf("keyring prints as %q, want %q", got, want)
	}
	if got, want := fmt.Sprintf("%+v", ids[:1]), "[(identity)]"; got != want {
		t.Errorf("identities print as %q, want %q", got, want)
	}
	if got, want := fmt.Sprint((*secrets.Keyring)(nil)), "(no keyring)"; got != want {
		t.Errorf("no keyring prints as %q, want %q", got, want)
	}
}
