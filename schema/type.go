package schema

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/disk"
	"authsync/schema/lang"
	"authsync/secrets"
)

// Type says what a field may contain: its form in a manifest, its valid values, and
// its form on the wire. The types are a closed set: [String], [OneOf], [Choice],
// [Boolean], [Integer], [Switch], [Span], [Sealed], [ListOf], [SetOf], [Struct],
// [Open], [InText], [Column].
type Type interface {
	// read converts a manifest's value, or reports why it cannot and returns nil.
	read(r *reader, n *Node, at Path) Value

	// fromWire converts a service's value to the manifest's form. It returns nil for
	// an unset value.
	fromWire(v Value) (Value, error)

	// toWire is the reverse. It accepts the results of fromWire and read.
	toWire(v Value) Value

	// decode converts a value decoded from the output of [Show] to this type.
	decode(v Value) Value

	// spell converts a value to a YAML node for a manifest.
	spell(v Value) *yaml.Node

	// words describes what a manifest may write; see [Words].
	words() lang.Message

	// describe returns the type's JSON Schema, and whole what it also demands of a
	// complete value; see [JSONSchema].
	describe(d *describer) *keywords
	whole() *keywords
}

// reader has the state of reading a manifest.
type reader struct {
	env    string // the environment's name: what its secrets are bound to
	plain  Secrecy
	whole  Wholeness
	bounds disk.Bounds // of the files that the manifest names
	faults *Faults
	clear  *[]ClearSecret
	held   *[]HeldSecret
	named  []string // files that the manifest names
	key    Key      // of the object that is read
	// secret and notSecret are paths that overrule names.
	secret, notSecret []Path
}

// ClearSecret is a secret in clear text in a manifest.
type ClearSecret struct {
	Pos     Position
	Binding secrets.Binding // what it is to be sealed for
	Path    Path
	Value   secrets.Value
}

// Wholeness says whether the file is complete. In a Base something may be missing that
// the environment adds.
type Wholeness int

const (
	Whole Wholeness = iota
	Part
)

// Secrecy says whether a file may contain a secret in clear.
type Secrecy int

const (
	// SecretsSealed refuses a secret in clear: for manifests.
	SecretsSealed Secrecy = iota
	// SecretsPlain also accepts !plain and clear text: for a sandbox's seed, which is no
	// manifest of a real environment.
	SecretsPlain
	// SecretsClear accepts every secret in clear, with !plain or without, and lists it
	// in [Loaded.Clear]: for a text that is sealed before it is kept.
	SecretsClear
)

func (r *reader) fault(n *Node, at Path, format string, args ...interface{}) {
	r.faults.add(n.Pos, at, format, args...)
}

func (r *reader) bound(n *Node, at Path) secrets.Binding {
	if n.InBase {
		return secrets.Binding{Path: at.String()}
	}
	return secrets.Binding{Env: r.env, Path: at.String()}
}

// wireError is a service's value in a wrong form.
type wireError struct {
	path Path
	want string
	got  Value
}

func (e *wireError) Error() string {
	at := ""
	if len(e.path) > 0 {
		at = e.path.String() + ": "
	}
	return fmt.Sprintf("%sexpected %s, got %s", at, e.want, jsonForm(e.got))
}

// within puts a field's name before the path of a wireError.
func within(name string, err error) error {
	if w, ok := err.(*wireError); ok {
		w.path = append(Path{name}, w.path...)
	}
	return err
}

func jsonForm(v Value) string {
	switch v.(type) {
	case nil, Null:
		return "null"
	case Bool:
		return "a boolean"
	case Number:
		return "a number"
	case Text:
		return "a string"
	case List:
		return "a list"
	case Object:
		return "an object"
	}
	return "something else"
}

// quote shows a manifest's value in a fault, cut to one line.
func quote(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return fmt.Sprintf("%q", text)
}
