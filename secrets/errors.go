package secrets

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	// ErrNoIdentity means that a sealed value was to be opened without any identity.
	ErrNoIdentity = errors.New("no identity to open sealed values with")

	// ErrNoRecipients means that a value was to be sealed to nobody.
	ErrNoRecipients = errors.New("no recipients to seal to")

	// ErrNone means that a Value without a secret was to be opened.
	ErrNone = errors.New("there is no secret to open")

	// ErrHidden means that a value is known only by what the service shows of it.
	ErrHidden = errors.New("the service hides this value")

	// ErrEmpty means that an empty text was to be sealed.
	ErrEmpty = errors.New("an empty value is not a secret")

	// ErrNotText means that a secret or its place is not text.
	ErrNotText = errors.New("not valid UTF-8 text")

	// ErrUnbound means that a value was sealed without its place, as the age
	// command does, so that nothing would stop it from being moved.
	ErrUnbound = errors.New(`sealed without its environment and path, as the age command does; seal it with "authsync secrets seal"`)

	// ErrDamaged means that a sealed text is cut off, altered, or none at all.
	ErrDamaged = errors.New("the sealed text is damaged")
)

// A WrongIdentityError means that a value is sealed to others.
type WrongIdentityError struct {
	// Identities is how many were tried.
	Identities int
	// SealedTo holds the type of each recipient stanza of the sealed text, in its
	// order: X25519, mlkem768x25519, ssh-ed25519, ssh-rsa, or a plugin's own.
	SealedTo []string
	// Declared holds the recipients that the manifest declares, if that is known.
	// The value may have been sealed before they changed.
	Declared []string
	// Causes holds what kept identities from being tried at all, such as a plugin
	// that is not installed.
	Causes []error
}

func (e *WrongIdentityError) Error() string {
	var b strings.Builder
	if e.Identities == 1 {
		b.WriteString("the identity does not open it")
	} else {
		fmt.Fprintf(&b, "none of the %d identities opens it", e.Identities)
	}
	fmt.Fprintf(&b, " (sealed to: %s", strings.Join(counted(e.SealedTo), ", "))
	if len(e.Declared) > 0 {
		names := make([]string, len(e.Declared))
		for i, recipient := range e.Declared {
			names[i] = shorten(recipient)
		}
		fmt.Fprintf(&b, "; the manifest declares %s", strings.Join(names, ", "))
	}
	b.WriteString(")")
	for _, cause := range e.Causes {
		b.WriteString("; ")
		b.WriteString(cause.Error())
	}
	return b.String()
}

func (e *WrongIdentityError) Unwrap() []error { return e.Causes }

// counted returns each text once, in order of first appearance, with its count if that
// is not one: "X25519 (2)".
func counted(texts []string) []string {
	var list []string
	for i, text := range texts {
		if slices.Contains(texts[:i], text) {
			continue
		}
		n := 0
		for _, other := range texts[i:] {
			if other == text {
				n++
			}
		}
		if n > 1 {
			text = fmt.Sprintf("%s (%d)", text, n)
		}
		list = append(list, text)
	}
	return list
}

// A MisplacedError means that a sealed value stands in another place than it was sealed
// for.
type MisplacedError struct {
	SealedFor, StandsAt Binding
}

func (e *MisplacedError) Error() string {
	return fmt.Sprintf("sealed for %s, but it stands at %s", e.SealedFor, e.StandsAt)
}

// String names the place: `"config.clientSecret" of environment "prod"`.
func (b Binding) String() string {
	if b.Env == "" {
		return fmt.Sprintf("%q of a base", b.Path)
	}
	return fmt.Sprintf("%q of environment %q", b.Path, b.Env)
}

// An UnsetEnvError means that the environment variable of an [EnvForm] value is not
// set. An empty one counts as not set: that is what a pipeline makes of a secret that
// it was not given.
type UnsetEnvError struct{ Name string }

func (e *UnsetEnvError) Error() string {
	return fmt.Sprintf("environment variable %s is not set, or is empty", e.Name)
}

// A PluginError means that an age plugin did not do its work.
type PluginError struct {
	// Plugin is the plugin's name; its program is "age-plugin-" and the name.
	Plugin string
	// Asked reports that the plugin wanted an answer or a message shown, and that
	// there was nobody to see it.
	Asked bool
	// Err is what the plugin or its start gave, naming the plugin, or the refusal.
	Err error
}

func (e *PluginError) Error() string {
	if e.Asked {
		return e.Plugin + " plugin: " + e.Err.Error()
	}
	return e.Err.Error()
}

func (e *PluginError) Unwrap() error { return e.Err }
