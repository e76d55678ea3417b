package secrets_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"

	"authsync/secrets"
)

// A value of any length is opened whole. A text that is cut or continued is damaged.
func TestOpeningAnyLength(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	place := secrets.Binding{Env: "prod", Path: "a.b"}
	keys := func() *secrets.Keyring { return &secrets.Keyring{Identities: []age.Identity{identity}} }
	for _, length := range []int{1, 60, 64<<10 - 100, 64 << 10, 64<<10 + 1, 128 << 10, 300 << 10} {
		text := strings.Repeat("x", length)
		sealed, err := secrets.Seal(secrets.NewClear(text), place, []age.Recipient{identity.Recipient()})
		if err != nil {
			t.Fatal(err)
		}
		clear, err := keys().Open(sealed)
		if err != nil || clear.Reveal() != text {
			t.Errorf("%d: %d bytes, %v", length, len(clear.Reveal()), err)
		}
		lines := strings.Split(strings.TrimSpace(sealed.Armored()), "\n")
		end := len(lines) - 2
		for name, damaged := range map[string][]string{
			"cut":       append(append([]string{}, lines[:end-1]...), lines[end+1:]...),
			"continued": append(append([]string{}, lines[:end]...), lines[end-1], lines[end], lines[end+1]),
		} {
			if _, err := keys().Open(secrets.Sealed(strings.Join(damaged, "\n")+"\n", place)); !errors.Is(err, secrets.ErrDamaged) {
				t.Errorf("%d, %s: %v", length, name, err)
			}
		}
	}
}

// Opening a short secret takes none of age's buffers, of 64 KiB each.
func TestOpeningTakesLittleRoom(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := secrets.Seal(secrets.NewClear("a secret"), secrets.Binding{Env: "prod", Path: "a.b"}, []age.Recipient{identity.Recipient()})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := (&secrets.Keyring{Identities: []age.Identity{identity}}).Open(sealed); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 60_000 {
		t.Errorf("%d bytes", took)
	}
}
