package schema

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/disk"
	"authsync/secrets"
)

// Type says what a field may hold: how a manifest spells it, which values are
// right, and what it is on the wire. The types are a closed set:
// [String], [OneOf], [Choice], [Boolean], [Integer], [Switch], [Span], [Sealed],
// [ListOf], [SetOf], [Pairs], [Struct], [Open], [Any], [InText], [Column].
type Type interface {
	// read turns a manifest's value into a Value, or reports why it cannot
	// and returns nil.
	read(r *reader, n *Node, at Path) Value

	// fromWire turns what a service sent into the manifest's form. Unset
	// values are gone from the result: nil.
	fromWire(v Value) (Value, error)

	// toWire is the reverse. It takes what fromWire and read return.
	toWire(v Value) Value

	// decode gives a value that was read from what [Show] wrote its own sort.
	decode(v Value) Value

	// spell turns a value into a YAML node for a manifest.
	spell(v Value) *yaml.Node

	// words says what a manifest may write; see [Words].
	words() string

	// describe is the type's JSON Schema, and whole what it asks besides of a
	// value that nothing else adds to; see [JSONSchema].
	describe(d *describer) *keywords
	whole() *keywords
}

// reader carries what reading a manifest needs.
type reader struct {
	env    string // the environment's name: what its secrets are bound to
	plain  Secrecy
	whole  Wholeness
	bounds disk.Bounds // of the files that the manifest names
	faults *Faults
	clear  *[]ClearSecret
	held   *[]HeldSecret
	key    Key // of the object that is read
	// secret and notSecret are paths that overrule names.
	secret, notSecret []Path
}

// ClearSecret is a secret that stands in a manifest in clear text.
type ClearSecret struct {
	Pos     Position
	Binding secrets.Binding // what it is to be sealed for
	Path    Path
	Value   secrets.Value
}

// Wholeness says whether what is read is all there is. In a Base something
// may be missing that the environment adds.
type Wholeness int

const (
	Whole Wholeness = iota
	Part
)

// Secrecy says whether a secret may stand in a file in clear.
type Secrecy int

const (
	// SecretsSealed refuses a secret in clear: manifests.
	SecretsSealed Secrecy = iota
	// SecretsPlain takes !plain as well: a sandbox's seed.
	SecretsPlain
	// SecretsClear takes every secret in clear, with !plain or without, and
	// lists it in [Loaded.Clear]: a text that is sealed before it is kept.
	SecretsClear
)

func (r *reader) fault(n *Node, at Path, format string, args ...interface{}) {
	r.faults.add(n.Pos, at, format, args...)
}

// bound is the place that a secret at this node is sealed for.
func (r *reader) bound(n *Node, at Path) secrets.Binding {
	if n.InBase {
		return secrets.Binding{Path: at.String()}
	}
	return secrets.Binding{Env: r.env, Path: at.String()}
}

// wireError is a value of a service that does not have the form it should.
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

// within puts a field's name in front of the path of a wireError.
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

// quote shows a manifest's value in a fault, cut to a line's length.
func quote(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return fmt.Sprintf("%q", text)
}
