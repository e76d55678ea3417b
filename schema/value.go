package schema

import (
	"maps"
	"math/big"
	"slices"
	"sort"
	"strings"

	"authsync/secrets"
)

// Value is the content of a field: in a manifest, in a service's answer, or in the
// body of a call. It is a closed set; each type defines its own equality, so that
// go-cmp compares two trees of values without options, as [Same] does.
//
// Implementations of this interface: [Null], [Bool], [Number], [Text], [Flag],
// [Seconds], [List], [Set], [Object], [Secret], [Unmodelled], [Packed], [ToSet].
type Value interface {
	// parts calls visit for each value directly in this one, with its place: a field's
	// name or an item's number; the content of a wrapper has the wrapper's place.
	parts(at Path, visit func(at Path, part Value))
	// with returns the value with each part replaced by the result of change.
	with(at Path, change func(at Path, part Value) Value) Value
	// same reports whether another value is equal, as the type defines it.
	same(other Value) bool
	// encode writes the value as JSON.
	encode(w jsonWriter, l leaves) error
}

type (
	// Null in a manifest means "clear it". In a comparison it replaces absent, null
	// and "", which mean the same to a service.
	Null struct{}

	// Bool is a JSON boolean.
	Bool bool

	// Number is a JSON number, spelled as it was received.
	Number string

	// Text is a string.
	Text string

	// Flag is the services' boolean in a string: [True], [False] or
	// [Unspecified]; in a manifest true, false or unspecified.
	Flag string

	// Seconds is a span of time; in a manifest 2h, 30d or a number.
	Seconds int64

	// List is an ordered list, sent and compared as one value.
	List []Value

	// Set is a list whose order means nothing.
	Set []Value

	// Object is a set of named fields.
	Object map[string]Value

	// Secret is a value that cannot be printed.
	Secret struct{ secrets.Value }

	// Unmodelled wraps a service's value that authsync does not model. It goes back to
	// the service unchanged and is never printed, since it is not known what it is.
	Unmodelled struct{ Value Value }

	// Packed is JSON in a string: an object that is text on the wire.
	Packed struct{ Value Value }
)

// The values of a [Flag], as they are on the wire.
const (
	True        Flag = "TRUE"
	False       Flag = "FALSE"
	Unspecified Flag = "UNSPECIFIED"
)

// Equal ignores the form of line ends: CRLF equals LF.
func (t Text) Equal(u Text) bool { return t == u || t.lines() == u.lines() }
func (t Text) lines() string     { return strings.ReplaceAll(string(t), "\r\n", "\n") }

// Equal compares by amount: 1, 1.0 and 1e0 are one number.
func (n Number) Equal(m Number) bool {
	if n == m {
		return true
	}
	a, okA := new(big.Rat).SetString(string(n))
	b, okB := new(big.Rat).SetString(string(m))
	return okA && okB && a.Cmp(b) == 0
}

// Equal compares element by element.
func (l List) Equal(m List) bool { return slices.EqualFunc(l, m, Same) }

// Equal ignores order.
func (s Set) Equal(t Set) bool {
	if len(s) != len(t) {
		return false
	}
	return slices.EqualFunc(s.canonical(), t.canonical(), Same)
}

// Equal compares the secrets, not the wrappers.
func (s Secret) Equal(t Secret) bool { return s.Value.Equal(t.Value) }

// Equal compares what is not modelled.
func (u Unmodelled) Equal(v Unmodelled) bool { return Same(u.Value, v.Value) }

// canonical returns the set in the order of its redacted JSON, which is the same for
// equal sets.
func (s Set) canonical() []Value {
	sorted := append([]Value(nil), s...)
	sort.SliceStable(sorted, func(i, j int) bool {
		return Show(sorted[i]) < Show(sorted[j])
	})
	return sorted
}

// IsUnset reports whether v is what a service sends for a field that it does
// not have. 0 and false are values.
func IsUnset(v Value) bool {
	switch v := v.(type) {
	case nil, Null:
		return true
	case Text:
		return v == ""
	case Secret:
		return v.IsZero()
	default:
		return false
	}
}

// Names returns the names of an object's fields, sorted.
func (o Object) Names() []string {
	names := slices.AppendSeq(make([]string, 0, len(o)), maps.Keys(o)) // once as large as it becomes
	slices.Sort(names)
	return names
}

// Text returns the field as text, or "" if it is not text.
func (o Object) Text(name string) string {
	text, _ := o[name].(Text)
	return string(text)
}

// At returns the value at a path in o, or nil.
func (o Object) At(path ...string) Value {
	var v Value = o
	for _, name := range path {
		object, ok := v.(Object)
		if !ok {
			return nil
		}
		v = object[name]
	}
	return v
}

// Clone copies the tree of objects; leaves and lists are shared.
func (o Object) Clone() Object {
	c := make(Object, len(o))
	for name, value := range o {
		if inner, ok := value.(Object); ok {
			value = inner.Clone()
		}
		c[name] = value
	}
	return c
}

// Show returns v in one line for a reader: JSON, with secrets and unmodelled
// values replaced by words.
func Show(v Value) string {
	var b strings.Builder
	if err := writeJSON(&b, v, redact{}); err != nil {
		return "(" + err.Error() + ")"
	}
	return b.String()
}

// Lone returns an object with one value, at a path.
func Lone(at Path, v Value) Object {
	o := Object{}
	o.SetAt(at, v)
	return o
}

// SetAt sets the value at a path, and makes the objects on the way to it.
func (o Object) SetAt(at Path, v Value) {
	for _, name := range at[:len(at)-1] {
		inner, ok := o[name].(Object)
		if !ok {
			inner = Object{}
			o[name] = inner
		}
		o = inner
	}
	o[at[len(at)-1]] = v
}
