package schema

import (
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Rule is a check of several fields of one object. Check decides; Doc and Conditions
// state the same for people and for JSON Schema, and a test proves that Conditions
// agree with it.
type Rule struct {
	Doc   string   // in words; "" = obvious
	From  Document // "" = that of its object
	Check func(o Object) []Problem
	// Conditions are the part of the rule that JSON Schema can express.
	Conditions []Condition
}

// Problem is a result of a Rule. At is the field concerned, in the object.
type Problem struct {
	At       Path
	Text     string
	Severity Severity
}

// Condition makes demands on an object in which Field is one of In, or is present if
// In is nil.
type Condition struct {
	Field string
	In    []Value
	Then  []Demand
}

// Demand is what a [Condition] demands of a field in the object.
type Demand struct {
	At       Path
	Presence Presence
	// Values and Pattern restrict the field's value if it is present.
	Values  []Value
	Pattern *pattern.Pattern
}

// Presence says whether a [Demand] wants its field to be there.
type Presence int

const (
	MayHave Presence = iota
	// MustHave fields are present and not null.
	MustHave
	// MustLack fields are absent.
	MustLack
)

// have demands that fields are there.
func have(names ...string) []Demand {
	return list.Each(names, func(name string) Demand { return Demand{At: Path{name}, Presence: MustHave} })
}

func texts(names []string) []Value {
	return list.Each(names, func(name string) Value { return Text(name) })
}

// String is the problem with the field that it is about.
func (p Problem) String() string { return strings.TrimSpace(p.At.String() + " " + p.Text) }
