package secrets

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"unicode/utf8"

	"filippo.io/age"
)

// A Keyring opens values. Its zero value opens what needs no identity. Set the fields
// before the first use; after that a Keyring is safe for concurrent use.
//
// What was opened is kept for the life of the Keyring, so that a value that several
// fields share, or that is compared and then sent, costs one decryption, and one touch
// of a hardware key.
type Keyring struct {
	// Identities open sealed values. Those of age itself are tried first, then SSH
	// keys, then plugins, whatever their order here.
	Identities []age.Identity

	// LookupEnv finds environment variables; nil is [os.LookupEnv].
	LookupEnv func(name string) (string, bool)

	// Declared returns the recipients that the manifest declares for a place, to be
	// named in a *[WrongIdentityError]: a sealed text itself does not name them. Nil
	// is nobody knows.
	Declared func(b Binding) []string

	shut map[string]struct{} // see Narrow

	mu     sync.Mutex // guards opened
	opened map[place]*opening

	deriving sync.Once
	derived  string // the key of what the identities attest; "" = nothing
}

// place is a sealed text and where it stands: the same text elsewhere is a moved one,
// and must not be found among the opened.
type place struct {
	armored string
	binding Binding
}

type opening struct {
	mu    sync.Mutex // held while opening, so that it is done once
	done  bool       // only a success is final: a plugin may do better next time
	clear Clear
}

// Open returns the secret of v.
//
// A sealed value fails with [ErrNoIdentity], *[WrongIdentityError], *[MisplacedError],
// [ErrUnbound] or [ErrDamaged]; one in an environment variable with *[UnsetEnvError] or
// [ErrNotText]. A value in clear is its own secret. A hidden one is [ErrHidden], and the
// zero Value is [ErrNone].
func (k *Keyring) Open(v Value) (Clear, error) {
	if err := k.closed(v); err != nil {
		return Clear{}, err
	}
	switch v.Form() {
	case SealedForm:
		return k.openSealed(v)
	case EnvForm:
		return k.openEnv(v.EnvName())
	case PlainForm:
		return NewClear(v.as(PlainForm)), nil
	case HiddenForm:
		return Clear{}, ErrHidden
	default:
		return Clear{}, ErrNone
	}
}

// OpenClear opens only what is in clear.
func OpenClear(v Value) (Clear, error) {
	none := Keyring{LookupEnv: func(string) (string, bool) { return "", false }}
	return none.Open(v)
}

// CanOpen reports whether it is worth trying to open v: whether there is any identity,
// or the environment variable is set. It opens nothing.
func (k *Keyring) CanOpen(v Value) bool {
	if k.closed(v) != nil {
		return false
	}
	switch v.Form() {
	case SealedForm:
		return len(k.Identities) > 0
	case EnvForm:
		_, err := k.openEnv(v.EnvName())
		return err == nil
	default:
		return v.Form() == PlainForm
	}
}

// Narrow is a Keyring that takes what stands in some places for what it cannot
// open: with it a run knows no more than an earlier one did. See [Place].
func (k *Keyring) Narrow(places map[string]struct{}) *Keyring {
	return &Keyring{Identities: k.Identities, LookupEnv: k.LookupEnv, Declared: k.Declared, shut: places}
}

func (k *Keyring) closed(v Value) error {
	if _, closed := k.shut[Place(v)]; !closed {
		return nil
	}
	if v.Form() == EnvForm {
		return &UnsetEnvError{Name: v.EnvName()}
	}
	return ErrNoIdentity
}

// Place is what [Keyring.Narrow] calls a value: the path of a sealed one, the
// variable of another, "" of what needs no opening.
func Place(v Value) string {
	switch v.Form() {
	case SealedForm:
		return v.Binding().Path
	case EnvForm:
		return "env " + v.EnvName()
	}
	return ""
}

func (k *Keyring) lookupEnv(name string) (string, bool) {
	if k.LookupEnv == nil {
		return os.LookupEnv(name)
	}
	return k.LookupEnv(name)
}

func (k *Keyring) openEnv(name string) (Clear, error) {
	text, _ := k.lookupEnv(name)
	if text = WithoutFileMarks(text); text == "" {
		return Clear{}, &UnsetEnvError{Name: name}
	}
	if !utf8.ValidString(text) {
		return Clear{}, fmt.Errorf("environment variable %s is %w", name, ErrNotText)
	}
	return NewClear(text), nil
}

func (k *Keyring) openSealed(v Value) (Clear, error) {
	if len(k.Identities) == 0 {
		return Clear{}, ErrNoIdentity
	}
	o := k.opening(place{v.Armored(), v.Binding()})
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done {
		return o.clear, nil
	}
	clear, err := unseal(v, k.Identities)
	if wrong, is := errors.AsType[*WrongIdentityError](err); is && k.Declared != nil {
		wrong.Declared = k.Declared(v.Binding())
	}
	if err != nil {
		return Clear{}, err
	}
	o.clear, o.done = clear, true
	return clear, nil
}

func (k *Keyring) opening(p place) *opening {
	k.mu.Lock()
	defer k.mu.Unlock()
	o, ok := k.opened[p]
	if !ok {
		if k.opened == nil {
			k.opened = make(map[place]*opening)
		}
		o = new(opening)
		k.opened[p] = o
	}
	return o
}

// String says how many identities there are, and nothing else of the Keyring. Every other
// way of printing k gives the same: without that, fmt would print age's own identities,
// whose String method is the key.
func (k *Keyring) String() string {
	if k == nil {
		return "(no keyring)"
	}
	return fmt.Sprintf("(keyring: identities: %d)", len(k.Identities))
}

// Format implements [fmt.Formatter]: every verb prints [Keyring.String].
func (k *Keyring) Format(f fmt.State, _ rune)   { io.WriteString(f, k.String()) }
func (k *Keyring) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
