package secrets_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"authsync/secrets"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// form1 is what testdata/form1.age holds. It is sealed for somewhere, and has to open
// for as long as authsync reads form 1.
const form1 = "canary of form 1: \"héllo\"\n"

func readFile(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// testKey returns the identity of testdata and its recipient.
func testKey(t testing.TB) ([]age.Identity, []age.Recipient) {
	t.Helper()
	text := readFile(t, "identity.txt")
	ids, err := secrets.ParseIdentities(text, "identity.txt", nobody)
	if err != nil {
		t.Fatal(err)
	}
	_, public, _ := strings.Cut(text, "# public key: ")
	public, _, _ = strings.Cut(public, "\n")
	return ids, parseRecipients(t, public)
}

func parseRecipients(t testing.TB, texts ...string) []age.Recipient {
	t.Helper()
	recipients, err := secrets.ParseRecipients(texts)
	if err != nil {
		t.Fatal(err)
	}
	return recipients
}

// ageSealed seals a plaintext as the age command does.
func ageSealed(t testing.TB, plaintext string, recipients []age.Recipient) string {
	t.Helper()
	var b strings.Builder
	a := armor.NewWriter(&b)
	w, err := age.Encrypt(a, recipients...)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(w, plaintext)
	if err := errors.Join(err, w.Close(), a.Close()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func armored(file []byte) string {
	var b strings.Builder
	a := armor.NewWriter(&b)
	a.Write(file)
	a.Close()
	return b.String()
}

func unarmored(t testing.TB, text string) []byte {
	t.Helper()
	file, err := io.ReadAll(armor.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestForm1Opens(t *testing.T) {
	ids, _ := testKey(t)
	k := &secrets.Keyring{Identities: ids}
	c, err := k.Open(secrets.Sealed(readFile(t, "form1.age"), somewhere))
	if err != nil {
		t.Fatal(err)
	}
	if c.Reveal() != form1 {
		t.Error("it holds another secret")
	}
}

func secretText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringN(1, -1, -1), rapid.SampledFrom([]string{
		"\x00", "\n", "\r\n", "\ufeff", "\ufffd", "\u2028", `"\u0000`, "<>&", "-----BEGIN AGE ENCRYPTED FILE-----", strings.Repeat("x", 70_000),
	}))
}

func anyBinding() *rapid.Generator[secrets.Binding] {
	return rapid.Custom(func(t *rapid.T) secrets.Binding {
		return secrets.Binding{
			Env:  rapid.OneOf(rapid.Just(""), rapid.String()).Draw(t, "env"),
			Path: rapid.StringN(1, -1, -1).Draw(t, "path"),
		}
	})
}

func TestSealThenOpen(t *testing.T) {
	ids, recipients := testKey(t)
	rapid.Check(t, func(t *rapid.T) {
		secret := secretText().Draw(t, "secret")
		b := anyBinding().Draw(t, "binding")
		v, err := secrets.Seal(secrets.NewClear(secret), b, recipients)
		if err != nil {
			t.Fatal(err)
		}
		if !secrets.LooksSealed(v.Armored()) || v.Binding() != b {
			t.Fatalf("sealed as %q at %v", v.Armored(), v.Binding())
		}
		fromFile := secrets.Sealed(v.Armored(), b)
		if !fromFile.Equal(v) {
			t.Fatal("the text does not survive a file")
		}
		c, err := (&secrets.Keyring{Identities: ids}).Open(fromFile)
		if err != nil {
			t.Fatal(err)
		}
		if c.Reveal() != secret {
			t.Fatalf("opened as %q", c.Reveal())
		}
	})
}

func TestMovedIsRefused(t *testing.T) {
	ids, recipients := testKey(t)
	rapid.Check(t, func(t *rapid.T) {
		from := anyBinding().Draw(t, "from")
		to := rapid.OneOf(
			anyBinding(),
			rapid.Just(secrets.Binding{Path: from.Path}),
			rapid.Just(secrets.Binding{Env: "prod", Path: from.Path}),
			rapid.Just(secrets.Binding{Env: from.Env, Path: from.Path + "x"}),
		).Filter(func(b secrets.Binding) bool { return b != from }).Draw(t, "to")
		v, err := secrets.Seal(secrets.NewClear(canary), from, recipients)
		if err != nil {
			t.Fatal(err)
		}
		k := &secrets.Keyring{Identities: ids}
		if _, err := k.Open(v); err != nil { // so that the cache knows the text
			t.Fatal(err)
		}
		c, err := k.Open(secrets.Sealed(v.Armored(), to))
		var moved *secrets.MisplacedError
		if !errors.As(err, &moved) || moved.SealedFor != from || moved.StandsAt != to {
			t.Fatalf("error is %v", err)
		}
		if !c.IsZero() {
			t.Fatal("it gives the secret all the same")
		}
	})
}

func TestMovedErrorNamesPlaces(t *testing.T) {
	ids, recipients := testKey(t)
	tests := []struct {
		name     string
		from, to secrets.Binding
		want     string
	}{
		{"other path", secrets.Binding{Env: "prod", Path: "a.b"}, secrets.Binding{Env: "prod", Path: "a.c"},
			`sealed for "a.b" of environment "prod", but it stands at "a.c" of environment "prod"`},
		{"from a base", secrets.Binding{Path: "a.b"}, secrets.Binding{Env: "prod", Path: "a.b"},
			`sealed for "a.b" of a base, but it stands at "a.b" of environment "prod"`},
		{"into a base", secrets.Binding{Env: "prod", Path: "a.b"}, secrets.Binding{Path: "a.b"},
			`sealed for "a.b" of environment "prod", but it stands at "a.b" of a base`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := secrets.Seal(secrets.NewClear(canary), tt.from, recipients)
			if err != nil {
				t.Fatal(err)
			}
			_, err = (&secrets.Keyring{Identities: ids}).Open(secrets.Sealed(v.Armored(), tt.to))
			if err == nil || err.Error() != tt.want {
				t.Errorf("error is %q, want %q", err, tt.want)
			}
		})
	}
}

func TestFlippedByteNeverOpens(t *testing.T) {
	ids, recipients := testKey(t)
	v, err := secrets.Seal(secrets.NewClear(canary+" of a secret"), somewhere, recipients)
	if err != nil {
		t.Fatal(err)
	}
	open := func(text string) error {
		_, err := (&secrets.Keyring{Identities: ids}).Open(secrets.Sealed(text, somewhere))
		return err
	}
	flip := func(t *rapid.T, text []byte) []byte {
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		flipped := bytes.Clone(text)
		flipped[at] ^= rapid.ByteRange(1, 255).Draw(t, "bits")
		return flipped
	}
	file := unarmored(t, v.Armored())
	rapid.Check(t, func(t *rapid.T) {
		if open(armored(flip(t, file))) == nil {
			t.Fatal("opened with a flipped byte in the age file")
		}
		// The last byte is white space, which may become other white space.
		text := string(flip(t, []byte(strings.TrimSpace(v.Armored()))))
		if !secrets.Sealed(text, somewhere).Equal(v) && open(text) == nil {
			t.Fatal("opened with a flipped byte in the armor")
		}
	})
}

func TestSealRefuses(t *testing.T) {
	_, recipients := testKey(t)
	tests := []struct {
		name       string
		secret     string
		binding    secrets.Binding
		recipients []age.Recipient
		is         error
		want       string
	}{
		{"nobody", canary, somewhere, nil, secrets.ErrNoRecipients, "no recipients to seal to"},
		{"nothing", "", somewhere, recipients, secrets.ErrEmpty, "an empty value is not a secret"},
		{"bytes", canary + "\xff", somewhere, recipients, secrets.ErrNotText, "the secret is not valid UTF-8 text"},
		{"no path", canary, secrets.Binding{Env: "prod"}, recipients, nil, "a sealed value needs the path that it is bound to"},
		{"path of bytes", canary, secrets.Binding{Path: "\xff"}, recipients, secrets.ErrNotText, "the place of a sealed value is not valid UTF-8 text"},
		{"environment of bytes", canary, secrets.Binding{Env: "\xff", Path: "p"}, recipients, secrets.ErrNotText, "the place of a sealed value is not valid UTF-8 text"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v, err := secrets.Seal(secrets.NewClear(tt.secret), tt.binding, tt.recipients)
			if err == nil || err.Error() != tt.want {
				t.Fatalf("error is %q, want %q", err, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error is not %q", tt.is)
			}
			if !v.IsZero() {
				t.Error("it gives a value all the same")
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	ids, recipients := testKey(t)
	const noForm = "the sealed text is damaged: it was not made by authsync"
	sealed := func(plaintext string) string { return ageSealed(t, plaintext, recipients) }
	whole := readFile(t, "form1.age")
	tests := []struct {
		name, text string
		is         error
		want       string
	}{
		{"sealed by age", sealed(canary), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"JSON sealed by age", sealed(`{"canary":1}`), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"JSON string sealed by age", sealed(`"canary"`), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"number sealed by age", sealed(`1`), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"null sealed by age", sealed(`null`), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"empty, sealed by age", sealed(``), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"text after the end", sealed(`{"authsync":1,"env":"prod","path":"p","value":"v"} canary`), secrets.ErrUnbound, secrets.ErrUnbound.Error()},
		{"later form", sealed(`{"authsync":2,"canary":{}}`), nil, "sealed in form 2, which this version of authsync does not know"},
		{"no environment", sealed(`{"authsync":1,"path":"p","value":"canary"}`), secrets.ErrDamaged, noForm},
		{"no path", sealed(`{"authsync":1,"env":"prod","value":"canary"}`), secrets.ErrDamaged, noForm},
		{"no value", sealed(`{"authsync":1,"env":"prod","path":"p"}`), secrets.ErrDamaged, noForm},
		{"null value", sealed(`{"authsync":1,"env":"prod","path":"p","value":null}`), secrets.ErrDamaged, noForm},
		{"empty value", sealed(`{"authsync":1,"env":"prod","path":"p","value":""}`), secrets.ErrDamaged, noForm},
		{"unknown part", sealed(`{"authsync":1,"env":"prod","path":"p","value":"v","canary":1}`), secrets.ErrDamaged, noForm},
		{"value of bytes", sealed(`{"authsync":1,"env":"prod","path":"p","value":"canary` + "\xff" + `"}`), secrets.ErrDamaged, noForm},
		{"in clear", canary, secrets.ErrDamaged, "the sealed text is damaged: it is not armored age text"},
		{"empty", "", secrets.ErrDamaged, "the sealed text is damaged: it is not armored age text"},
		{"in clear after the armor's first line", armor.Header + "\n" + canary, secrets.ErrDamaged, "the sealed text is damaged in its armor"},
		{"in clear beside the armor's first line", armor.Header + canary, secrets.ErrDamaged, "the sealed text is damaged in its armor"},
		{"text after the armor", whole + canary, secrets.ErrDamaged, "the sealed text is damaged in its armor"},
		{"cut off", whole[:len(whole)/2], secrets.ErrDamaged, "the sealed text is damaged in its armor"},
		{"in clear inside the armor", armored([]byte(canary + "\n")), secrets.ErrDamaged, "the sealed text is damaged in its header"},
		{"nothing inside the armor", armored(nil), secrets.ErrDamaged, "the sealed text is damaged in its header"},
		{"cut off inside the armor", armored(unarmored(t, whole)[:270]), secrets.ErrDamaged, "the sealed text is damaged in its payload"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := (&secrets.Keyring{Identities: ids}).Open(secrets.Sealed(tt.text, somewhere))
			if err == nil || err.Error() != tt.want {
				t.Fatalf("error is %q, want %q", err, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error is not %q", tt.is)
			}
			if !c.IsZero() {
				t.Error("it gives a secret all the same")
			}
			checkSilent(t, "the error", err.Error())
		})
	}
}

// TestSealedForm states what is inside a sealed text, which other versions have to read.
func TestSealedForm(t *testing.T) {
	raw, err := age.ParseIdentities(strings.NewReader(readFile(t, "identity.txt")))
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(readFile(t, "form1.age"))), raw...)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.NewDecoder(r).Decode(&got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"authsync": 1.0, "env": somewhere.Env, "path": somewhere.Path, "value": form1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// FuzzOpen takes arbitrary text as a sealed value, as it is and as the inside of an
// armor. Only the one that was sealed by authsync ever opens.
func FuzzOpen(f *testing.F) {
	ids, recipients := testKey(f)
	whole := readFile(f, "form1.age")
	f.Add(whole)
	f.Add(string(unarmored(f, whole)))
	f.Add(whole[:200])
	f.Add(canary)
	f.Add(ageSealed(f, canary, recipients))
	f.Add(armor.Header + "\n" + armor.Footer)
	f.Add("age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n")
	genuine := secrets.Sealed(whole, somewhere)
	f.Fuzz(func(t *testing.T, text string) {
		k := &secrets.Keyring{Identities: ids}
		for _, v := range []secrets.Value{
			secrets.Sealed(text, somewhere), secrets.Sealed(armored([]byte(text)), somewhere),
		} {
			c, err := k.Open(v)
			switch {
			case err != nil && !c.IsZero():
				t.Errorf("it gives a secret with the error %v", err)
			case err == nil && (!v.Equal(genuine) || c.Reveal() != form1):
				t.Errorf("opened: %q", v.Armored())
			}
		}
	})
}
