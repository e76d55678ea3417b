// Package quirk is the table of what is not known of the services: a row for each
// question that their documents leave open, with the possible answers, what authsync
// does that is right under all of them, and how to find the answer out.
//
// The sandbox plays any combination, docs/unknowns.md is made from the table, and a
// file of kind Quirks states what is known of one service. The package must not know a
// manifest, and makes no call. Begin reading with quirk.go, then the rows of a system:
// cloudbase.go, devices.go, connectors.go, openapi.go.
//
// A new quirk is a row here and a behaviour in remote/sandbox, where the service
// would do it; a test there wants each reading to show. Then `make docs`.
package quirk

import (
	"maps"
	"slices"
	"sync"
)

// Name is how a quirk is called, and Value one of the answers that it may have.
type (
	Name  string
	Value string
)

// Quirk is one thing that is not known of a service.
type Quirk struct {
	Name   Name
	System string
	// Question is what is not known: whether one thing is so, or another.
	Question string
	// Readings are the possible answers. The first is how the sandbox is unless it
	// is told otherwise.
	Readings []Reading
	// Answer is what authsync does, which is right under each reading.
	Answer string
	// Better is what knowing the answer makes better; "" = nothing, by now.
	Better string
	// Source is what speaks for one of the readings; "" = nothing does.
	Source string
	// Found is the way in which the answer can be found out at a live service, and
	// How says what is looked at, or why nobody tries.
	Found Way
	How   string
	// Touches are the calls whose effect depends on the answer; nil = none does.
	Touches []Touch
	// Shows is the field that the service shows in one way or another; zero = the
	// answer is about something else.
	Shows Place
}

// Touch is a sort of call.
type Touch struct {
	Kind string // of the object
	Call string // create, update or delete; "" = each
	// At is what the call has to send, and Holds are values of which one has to be
	// there, as JSON; nil = any.
	At    string
	Holds []string
}

// Place is a field of all objects of a kind.
type Place struct{ Kind, At string }

// Reading is one of the answers, and what it means on the wire.
type Reading struct {
	Value Value
	Wire  string
}

// Way is how an answer is found out.
type Way string

// The ways. What could cost the user something is never tried.
const (
	ByReading Way = "by reading"
	ByScratch Way = "with a scratch object"
	Never     Way = "never tried"
)

// All are the rows, system by system.
func All() []Quirk { return slices.Concat(cloudBase, devices, connectors, openAPI) }

func Find(name Name) (Quirk, bool) {
	all := All()
	i := slices.IndexFunc(all, func(q Quirk) bool { return q.Name == name })
	if i < 0 {
		return Quirk{}, false
	}
	return all[i], true
}

// Values are the answers that a quirk may have.
func (q Quirk) Values() []Value {
	var values []Value
	for _, r := range q.Readings {
		values = append(values, r.Value)
	}
	return values
}

// Set says how each of some quirks is. What it does not name is not known.
type Set map[Name]Value

// Add adds what another set says, which counts more.
func (s Set) Add(more Set) { maps.Copy(s, more) }

// usual is how the sandbox plays what a set does not name.
var usual = sync.OnceValue(func() Set {
	all := Set{}
	for _, q := range All() {
		all[q.Name] = q.Readings[0].Value
	}
	return all
})

// Played reports whether a sandbox that was told s plays the quirk so.
func (s Set) Played(name Name, value Value) bool {
	how, told := s[name]
	if !told {
		how = usual()[name]
	}
	return how == value
}

// Known reports whether the quirk is known to be so.
func (s Set) Known(name Name, value Value) bool { return s[name] == value }
