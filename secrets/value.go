// Package secrets holds values that must not be seen: sealed with age in a
// manifest, named by an environment variable, or in clear for the moment of use.
//
// Three types carry them. A [Value] is a secret as a file or a service has it, in
// one of the forms of [Form]. A [Clear] is the secret itself, and [Clear.Reveal] is
// the one way to its text: call it where the text leaves for the wire or for a file
// being sealed, and nowhere else. A [Keyring] turns the first into the second, and
// [Seal] turns the second into the first.
//
// Neither type can print itself. Every formatting verb, JSON, YAML, XML, text and
// slog give the same few words, "(sealed)", "(env NAME)", "(in clear)", and the text
// is kept behind a function, which a printer working by reflection cannot look into.
//
// A sealed value is bound to its place by a [Binding], which travels inside the
// sealed text because age has no associated data. Whoever can write to the
// repository can therefore not have a secret opened by moving it to another field or
// another environment. The binding does not say who sealed a value: anyone who knows
// the recipients can seal.
//
// No error of this package holds a secret, an identity or a part of either. The
// package must not know manifests, files or the terminal: passphrases come through
// [Passphrase]. Begin reading at [Value].
package secrets

import (
	"crypto/subtle"
	"strings"

	"filippo.io/age/armor"
)

// A Form says in which of its forms a secret is held.
type Form uint8

// The forms of a [Value].
const (
	None       Form = iota // no secret at all; the form of the zero Value
	SealedForm             // armored age text, bound to its place
	EnvForm                // the name of an environment variable
	PlainForm              // in clear, as some services show theirs
	HiddenForm             // there is one, and the service shows at most a mask of it
)

// A Value is a secret in one of its forms. The zero Value is no secret.
//
// A Value is immutable and safe for concurrent use. Compare with [Value.Equal];
// == tells only whether two are copies of the same one.
type Value struct{ held *held }

// held is behind a pointer, and its text behind a function, so that fmt prints only
// addresses of a Value in an unexported field, whose methods it may not call.
type held struct {
	form    Form
	binding Binding
	text    func() string
}

// A Binding is the place that a sealed value belongs to.
type Binding struct {
	// Env is the name of the environment. It is empty in a Base, where a
	// value is bound to its path alone.
	Env string
	// Path is the field as the manifest spells it, such as
	// "providers.github.config.clientSecret".
	Path string
}

// Sealed returns the value that armored age text holds, standing at b. The text is
// not looked at until it is opened. Line ends and white space around it, which the
// style of a YAML scalar decides, are brought to the form that age writes, so that
// they make no difference to [Value.Equal] and [Value.Armored].
func Sealed(armored string, b Binding) Value {
	text := strings.TrimSpace(strings.ReplaceAll(armored, "\r\n", "\n"))
	if text != "" {
		text += "\n"
	}
	return Value{&held{form: SealedForm, binding: b, text: func() string { return text }}}
}

// Env returns the value that the environment variable of that name holds.
func Env(name string) Value {
	return Value{&held{form: EnvForm, text: func() string { return name }}}
}

func Plain(clear string) Value {
	return Value{&held{form: PlainForm, text: func() string { return clear }}}
}

// Hidden returns a value of which a service shows only visible, such as "LTAI5t***",
// or nothing.
func Hidden(visible string) Value {
	return Value{&held{form: HiddenForm, text: func() string { return visible }}}
}

// LooksSealed reports whether text begins as armored age text does. It says nothing
// about what follows.
func LooksSealed(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), armor.Header)
}

func (v Value) Form() Form {
	if v.held == nil {
		return None
	}
	return v.held.form
}

// IsZero reports whether v is no secret. An empty one is a secret.
func (v Value) IsZero() bool { return v.held == nil }

// Binding returns the place where a sealed value stands, and the zero Binding for
// any other form.
func (v Value) Binding() Binding {
	if v.held == nil {
		return Binding{}
	}
	return v.held.binding
}

// Armored returns the text of a sealed value, which is fit for a file, and "" for any
// other form. It ends with one line end.
func (v Value) Armored() string { return v.as(SealedForm) }

// EnvName returns the name of the environment variable that holds v, and "" for any
// form but [EnvForm].
func (v Value) EnvName() string { return v.as(EnvForm) }

// Visible returns what the service shows of a hidden value, and "" for any other form.
func (v Value) Visible() string { return v.as(HiddenForm) }

// Equal reports whether v and w have the same form and the same text. Two seals of one
// secret are not equal, and the place where a value stands makes no difference. The
// time taken depends only on the forms and on the lengths of the texts.
func (v Value) Equal(w Value) bool {
	if v.Form() != w.Form() {
		return false
	}
	if v.held == nil {
		return true
	}
	return sameText(v.held.text(), w.held.text())
}

// as returns the text of v if v has the form, and "" otherwise.
func (v Value) as(form Form) string {
	if v.Form() != form || v.held == nil {
		return ""
	}
	return v.held.text()
}

func sameText(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
