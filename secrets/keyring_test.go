package secrets_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"authsync/secrets"

	"filippo.io/age"
)

func TestKeyringOpen(t *testing.T) {
	ids, _ := testKey(t)
	env := map[string]string{"SET": canary, "EMPTY": "", "BYTES": canary + "\xff"}
	lookup := func(name string) (string, bool) {
		text, ok := env[name]
		return text, ok
	}
	sealed := secrets.Sealed(readFile(t, "form1.age"), somewhere)
	tests := []struct {
		name    string
		value   secrets.Value
		ids     []age.Identity
		want    string
		err     string
		is      error
		canOpen bool
	}{
		{"nothing", secrets.Value{}, ids, "", "there is no secret to open", secrets.ErrNone, false},
		{"sealed", sealed, ids, form1, "", nil, true},
		{"sealed, no identity", sealed, nil, "", "no identity to open sealed values with", secrets.ErrNoIdentity, false},
		{"variable", secrets.Env("SET"), nil, canary, "", nil, true},
		{"variable not set", secrets.Env("UNSET"), nil, "", "environment variable UNSET is not set, or is empty", nil, false},
		{"variable empty", secrets.Env("EMPTY"), nil, "", "environment variable EMPTY is not set, or is empty", nil, false},
		{"variable of bytes", secrets.Env("BYTES"), nil, "", "environment variable BYTES is not valid UTF-8 text", secrets.ErrNotText, false},
		{"in clear", secrets.Plain(canary), nil, canary, "", nil, true},
		{"in clear, empty", secrets.Plain(""), nil, "", "", nil, true},
		{"hidden", secrets.Hidden("can***"), ids, "", "the service hides this value", secrets.ErrHidden, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			k := &secrets.Keyring{Identities: tt.ids, LookupEnv: lookup}
			if got := k.CanOpen(tt.value); got != tt.canOpen {
				t.Errorf("CanOpen is %t", got)
			}
			c, err := k.Open(tt.value)
			if c.Reveal() != tt.want {
				t.Error("it gives another secret")
			}
			message := ""
			if err != nil {
				message = err.Error()
			}
			if message != tt.err {
				t.Errorf("error is %q, want %q", message, tt.err)
			}
			if tt.is != nil && err != tt.is && !errors.Is(err, tt.is) {
				t.Errorf("error is not %q", tt.is)
			}
		})
	}
}

func TestNoIdentityIsNotWrapped(t *testing.T) {
	_, err := new(secrets.Keyring).Open(secrets.Sealed(readFile(t, "form1.age"), somewhere))
	if err != secrets.ErrNoIdentity {
		t.Errorf("error is %#v", err)
	}
}

func TestZeroKeyringReadsTheEnvironment(t *testing.T) {
	t.Setenv("AUTHSYNC_TEST_SECRET", canary)
	c, err := new(secrets.Keyring).Open(secrets.Env("AUTHSYNC_TEST_SECRET"))
	if err != nil || c.Reveal() != canary {
		t.Errorf("not opened: %v", err)
	}
	var unset *secrets.UnsetEnvError
	_, err = new(secrets.Keyring).Open(secrets.Env("AUTHSYNC_TEST_NO_SECRET"))
	if !errors.As(err, &unset) || unset.Name != "AUTHSYNC_TEST_NO_SECRET" {
		t.Errorf("error is %v", err)
	}
}

// counting counts how often it is asked, and fails the first times.
type counting struct {
	age.Identity
	asked    atomic.Int32
	failures int32
}

func (c *counting) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if c.asked.Add(1) <= c.failures {
		return nil, errors.New("no device")
	}
	return c.Identity.Unwrap(stanzas)
}

// TestOpenedOnce opens a few values from many goroutines: each costs one decryption.
func TestOpenedOnce(t *testing.T) {
	ids, recipients := testKey(t)
	id := &counting{Identity: ids[0]}
	k := &secrets.Keyring{Identities: []age.Identity{id}}
	places := []secrets.Binding{somewhere, {Path: "a"}, {Path: "b"}}
	var values []secrets.Value
	for _, b := range places {
		v, err := secrets.Seal(secrets.NewClear(canary+b.Path), b, recipients)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v)
	}
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			v := values[i%len(values)]
			c, err := k.Open(v)
			if err != nil || c.Reveal() != canary+v.Binding().Path {
				t.Errorf("not opened: %v", err)
			}
			k.CanOpen(v)
		})
	}
	wg.Wait()
	if got := int(id.asked.Load()); got != len(values) {
		t.Errorf("%d decryptions of %d values", got, len(values))
	}
}

// TestFailureIsNotKept has an identity that works the second time, as a hardware key
// does that was plugged in meanwhile.
func TestFailureIsNotKept(t *testing.T) {
	ids, _ := testKey(t)
	k := &secrets.Keyring{Identities: []age.Identity{&counting{Identity: ids[0], failures: 1}}}
	v := secrets.Sealed(readFile(t, "form1.age"), somewhere)
	_, err := k.Open(v)
	const want = "the identity does not open it (sealed to: X25519); no device"
	if err == nil || err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
	if c, err := k.Open(v); err != nil || c.Reveal() != form1 {
		t.Errorf("not opened the second time: %v", err)
	}
}

// TestOwnIdentitiesFirst has a foreign identity in front of age's own: it is not asked.
func TestOwnIdentitiesFirst(t *testing.T) {
	ids, _ := testKey(t)
	foreign := &counting{Identity: ids[0]}
	k := &secrets.Keyring{Identities: []age.Identity{foreign, ids[0]}}
	if _, err := k.Open(secrets.Sealed(readFile(t, "form1.age"), somewhere)); err != nil {
		t.Fatal(err)
	}
	if n := foreign.asked.Load(); n != 0 {
		t.Errorf("the foreign identity was asked %d times", n)
	}
}
