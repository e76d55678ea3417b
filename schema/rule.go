package schema

import (
	"regexp"
	"strings"
)

// Rule is a check over several fields of one object. Check decides; Doc and
// Conditions say the same to those who read no code, and a test proves that
// Conditions agree with it.
type Rule struct {
	Doc   string // in words; "" = it goes without saying
	Check func(o Object) []Problem
	// Conditions are what of the rule JSON Schema can say.
	Conditions []Condition
}

// Problem is what a Rule found. At is where to point at, below the object.
type Problem struct {
	At       Path
	Text     string
	Severity Severity
}

// Condition makes demands on an object in which Field is one of In, or is
// there at all if In is nil.
type Condition struct {
	Field string
	In    []Value
	Then  []Demand
}

// Demand is what a [Condition] asks of a field below the object.
type Demand struct {
	At       Path
	Presence Presence
	// Values and Pattern say what the field may hold where it is there.
	Values  []Value
	Pattern *regexp.Regexp
}

// Presence says whether a [Demand] wants its field to be there.
type Presence int

const (
	MayHave Presence = iota
	// MustHave fields are there, and not null.
	MustHave
	// MustLack fields are not there.
	MustLack
)

// have demands that fields are there.
func have(names ...string) []Demand {
	var demands []Demand
	for _, name := range names {
		demands = append(demands, Demand{At: Path{name}, Presence: MustHave})
	}
	return demands
}

func texts(names []string) []Value {
	var values []Value
	for _, name := range names {
		values = append(values, Text(name))
	}
	return values
}

// String is the problem with the field that it is about.
func (p Problem) String() string { return strings.TrimSpace(p.At.String() + " " + p.Text) }
