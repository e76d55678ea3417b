package secrets_test

import (
	"fmt"
	"strings"
	"testing"

	"authsync/secrets"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

func headerOf(t *testing.T, v secrets.Value) secrets.Header {
	t.Helper()
	h, err := secrets.ReadHeader(v)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// What a header shows against who is declared: sealed by authsync, which says to
// whom, and by the age command, which does not.
func TestAgainst(t *testing.T) {
	installPlugins(t)
	a, b, c := newX25519(t).recipient, newX25519(t).recipient, newX25519(t).recipient
	q, q2 := newHybrid(t).recipient, newHybrid(t).recipient
	s, s2 := newEd25519(t).recipient, newEd25519(t).recipient
	p := pluginRecipient(works)
	short := func(text string) string { return text[:16] + "..." + text[len(text)-8:] }
	tests := []struct {
		name             string
		sealed, declared []string
		named, unnamed   string // what is said with a note, and without
	}{
		{"same", []string{a, b}, []string{b, a}, "", ""},
		{"joined", []string{a, b}, []string{a, b, c}, "not sealed to " + short(c) + ", which is declared", "sealed to 2 recipients, 3 are declared"},
		{"left", []string{a, b, c}, []string{a}, "sealed to 2 that are not declared", "sealed to 3 recipients, 1 is declared"},
		{"one for another", []string{a, b}, []string{a, c}, "not sealed to " + short(c) + ", which is declared; sealed to 1 that is not declared", ""},
		{"quantum for quantum", []string{q}, []string{q2}, "not sealed to " + short(q2) + ", which is declared; sealed to 1 that is not declared", ""},
		{"quantum for classic", []string{a}, []string{q}, "not sealed to " + short(q) + ", which is declared; sealed to 1 that is not declared", "sealed to X25519, but mlkem768x25519 is declared"},
		{"ssh", []string{a, s}, []string{s, a}, "", ""},
		{"plugin", []string{a, p}, []string{p, a}, "", ""},
		{"plugin left", []string{a, p}, []string{a}, "sealed to 1 that is not declared", "sealed to 2 recipients, 1 is declared"},
		{"plugin joined", []string{a}, []string{a, p}, "not sealed to " + short(p) + ", which is declared", "sealed to X25519, but X25519, a plugin's are declared"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			recipients := parseRecipients(t, tt.sealed...)
			v, err := secrets.Seal(secrets.NewClear(canary), somewhere, recipients)
			if err != nil {
				t.Fatal(err)
			}
			declared := parseRecipients(t, tt.declared...)
			h := headerOf(t, v)
			if got := strings.Join(h.Against(declared), "; "); got != tt.named || !h.Named() {
				t.Errorf("with a note: %q, want %q", got, tt.named)
			}
			h = headerOf(t, secrets.Sealed(ageSealed(t, "x", recipients), somewhere))
			if got := strings.Join(h.Against(declared), "; "); got != tt.unnamed || h.Named() {
				t.Errorf("without: %q, want %q", got, tt.unnamed)
			}
		})
	}
	t.Run("ssh for ssh", func(t *testing.T) {
		h := headerOf(t, secrets.Sealed(ageSealed(t, "x", parseRecipients(t, s)), somewhere))
		if got := h.Against(parseRecipients(t, s2)); len(got) != 1 || !strings.HasPrefix(got[0], "sealed to ssh-ed25519 ") {
			t.Errorf("%q", got)
		}
	})
}

// forger adds to a text what its note does not say.
type forger struct{ age.Recipient }

func (f forger) Wrap(key []byte) ([]*age.Stanza, error) {
	stanzas, err := f.Recipient.Wrap(key)
	return append(stanzas, stanzas[0]), err
}

func (f forger) String() string { return f.Recipient.(fmt.Stringer).String() }

// A note that hides a recipient does not hide its stanza.
func TestNoteThatLies(t *testing.T) {
	_, recipients := testKey(t)
	v, err := secrets.Seal(secrets.NewClear(canary), somewhere, []age.Recipient{forger{recipients[0]}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"sealed to 2 recipients, 1 is declared"}
	if diff := cmp.Diff(want, headerOf(t, v).Against(recipients)); diff != "" {
		t.Error(diff)
	}
}

func TestSealedTo(t *testing.T) {
	installPlugins(t)
	a, b, s, s2, q, p := newX25519(t).recipient, newX25519(t).recipient, newEd25519(t).recipient, newEd25519(t).recipient, newHybrid(t).recipient, pluginRecipient(works)
	recipients := parseRecipients(t, a, s)
	v, err := secrets.Seal(secrets.NewClear(canary), somewhere, recipients)
	if err != nil {
		t.Fatal(err)
	}
	named := headerOf(t, v)
	unnamed := headerOf(t, secrets.Sealed(ageSealed(t, "x", recipients), somewhere))
	tests := []struct {
		name           string
		who            string
		named, unnamed secrets.Answer
	}{
		{"one of them", a, secrets.Yes, secrets.Unknown},
		{"another", b, secrets.No, secrets.Unknown},
		{"ssh", s + " with a comment", secrets.Yes, secrets.Yes},
		{"another ssh", s2, secrets.No, secrets.No},
		{"another sort", q, secrets.No, secrets.No},
		{"plugin", p, secrets.No, secrets.Unknown},
	}
	for _, tt := range tests {
		who := parseRecipients(t, tt.who)[0]
		if got := named.SealedTo(who); got != tt.named {
			t.Errorf("%s, with a note: %v, want %v", tt.name, got, tt.named)
		}
		if got := unnamed.SealedTo(who); got != tt.unnamed {
			t.Errorf("%s, without: %v, want %v", tt.name, got, tt.unnamed)
		}
	}
}

func TestReadHeaderDamaged(t *testing.T) {
	_, recipients := testKey(t)
	text := ageSealed(t, "x", recipients)
	for name, damaged := range map[string]string{"cut off": text[:80], "empty": "", "other": armored([]byte("no age file"))} {
		if _, err := secrets.ReadHeader(secrets.Sealed(damaged, somewhere)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// The length of a sealed text tells the secret's only by the block.
func TestLengthTellsLittle(t *testing.T) {
	_, recipients := testKey(t)
	lengths := map[int]struct{}{}
	for n := range 128 {
		v, err := secrets.Seal(secrets.NewClear(strings.Repeat("x", n+1)), somewhere, recipients)
		if err != nil {
			t.Fatal(err)
		}
		lengths[len(v.Armored())] = struct{}{}
	}
	if len(lengths) > 3 {
		t.Errorf("128 lengths of secrets make %d lengths of texts, want at most 3", len(lengths))
	}
}
