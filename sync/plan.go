// Package sync turns differences into ordered API calls and makes them.
//
// [Read] fetches what is live, [Build] compares it with the manifest and lays
// out a [Plan], [Apply] makes the plan's calls and reads back what they did.
// The plan is data and decides everything: what is shown is what is done.
// Nothing here prints, asks or exits; progress goes to a callback.
//
// The rules are few and written once: what an update sends (body.go), in which
// order steps go (order.go), and what a reading failure or a hidden secret
// forbids (build.go).
package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
)

// Plan is what would be done to each environment of a run, by name.
type Plan struct {
	Environments []*EnvironmentPlan
}

// EnvironmentPlan is the plan of one environment.
type EnvironmentPlan struct {
	Name string
	File string
	// EnvID is the id of the CloudBase environment, if it has one.
	EnvID string
	// Changes are the differences, by kind and name.
	Changes []diff.Change
	// Steps are the calls that make them so, in order.
	Steps []Step
	// Uncompared are the fields that are left as they are, since it cannot be
	// told whether they differ.
	Uncompared []Uncompared
	// Unreadable says, by kind, why live cannot be read: what was last applied
	// was taken for it.
	Unreadable map[string]error
	// Sandbox is the identity of the sandbox that plays the services; "" = they
	// are spoken to themselves.
	Sandbox string
	// Destinations are where the systems are, and Seals what is sealed to whom.
	Destinations []Destination
	Seals        Sealing
	// Notes are facts that a reviewer should know, in words: they stop nothing,
	// and nothing is decided by them.
	Notes []Note
	// Refusals forbid applying: no step of any environment is carried out
	// while there is one.
	Refusals []Refusal
	// Gates are the dangers that a plan holds. While one is not allowed, no step
	// of any environment is carried out.
	Gates []Gate
	// Overlaps are objects that another one took the place of, and that live on
	// beside it.
	Overlaps []Overlap
	// Removed is what git no longer names, though it was applied from here, and
	// that the plan leaves as it is.
	Removed []Removed
	// Unmanaged are live objects that the manifest does not name, and that were not
	// applied from here.
	Unmanaged []schema.Key
	// Errors are reads that failed. What they would have shown is unknown,
	// so no step is planned for their systems.
	Errors []error
	// Unread are the kinds that the manifest names and that could not be read.
	// While there is one, nothing is taken away; see [EnvironmentPlan.HeldBack].
	Unread []string

	live    map[schema.Key]LiveObject // what the plan rests on: objects as they were read
	same    []schema.Key              // objects that are as wanted
	whole   map[string]struct{}       // kinds of which all objects were compared
	read    *Reading
	options Options
}

// Step is one API call of a plan.
type Step struct {
	Number int // from 1
	// Level, from 1, says what runs at once: the steps of one level are made
	// side by side, once those of the level before have ended.
	Level int
	Key   schema.Key
	Op    Op
	Phase Phase
	// Fields are the top-level fields sent because something in them
	// differs. What is always sent is not among them.
	Fields []string
	// After are the steps of the same object that must have succeeded before
	// this one. A step that takes away waits for all that give besides.
	After []int
	// ID is the service's id of the object, where it is not its name.
	ID string
	// Replaces are the ids of the objects that a created one takes the place
	// of, and Besides those of all that have its name before it is made.
	Replaces []string
	Besides  []string
	// Overlaps are those of Replaces that live on for a while.
	Overlaps []Overlapping
	Call     Call
	// Basis says what the call's body rests on.
	Basis Basis

	sends schema.Object // the body in the manifest's form
}

// Basis says when the body of a step is known.
type Basis int

const (
	// Planned bodies are sent as planned.
	Planned Basis = iota
	// Fresh bodies overlay what the service makes of an earlier step: they
	// are laid out anew from a read just before the call. The plan shows
	// what comes from that read as carried.
	Fresh
)

// Phase parts the steps that give from those that take away.
type Phase string

const (
	Give Phase = "give"
	Take Phase = "take"
)

// Note is a fact about an object of the plan.
type Note struct {
	Key    schema.Key
	Code   NoteCode
	Fields []schema.Path
	Text   string
}

// NoteCode names a sort of note; it is part of the JSON format.
type NoteCode string

const (
	// NoteSecret: a secret could not be compared.
	NoteSecret NoteCode = "secret-not-compared"
	// NoteUnmodelled: unmodelled live fields travel along in a call.
	NoteUnmodelled NoteCode = "carried"
	// NoteUnread: live could not be read, and what was last applied was taken
	// for it.
	NoteUnread NoteCode = "live-not-read"
	// NoteRecalled: secrets that live shows were compared with what was last
	// applied, for want of an identity.
	NoteRecalled NoteCode = "secret-compared-by-lock"
	// NoteUnproved: a saved plan is carried out without having looked whether
	// the secrets that it rests on have moved.
	NoteUnproved NoteCode = "secrets-not-proved"
	// NoteReplace: an object is replaced, and why.
	NoteReplace NoteCode = "replaced"
	// NoteOverlap: until when what was replaced lives on beside what took its
	// place.
	NoteOverlap NoteCode = "overlap"
	// NoteToken: the token of a live object is not in the vault.
	NoteToken NoteCode = "token-lost"
	// NoteChecked: something is odd about an object, by what its service knows.
	NoteChecked NoteCode = "checked-against-live"
	// NoteListsNothing: a service lists nothing where something was applied.
	NoteListsNothing NoteCode = "lists-nothing"
	// NoteRename: an object that is made looks like one that git has removed.
	NoteRename NoteCode = "looks-renamed"
	// NotePrune: what --prune leaves alone, and why.
	NotePrune NoteCode = "prune"
	// NoteUnlisted: what else stood when a kind was last applied is not known.
	NoteUnlisted NoteCode = "appeared-not-known"
	// NoteRivals: the service may keep only one of what a plan makes and others.
	NoteRivals NoteCode = "rivals"
	// NoteAlike: live has what a service may take for a new object.
	NoteAlike NoteCode = "alike"
	// NoteDuplicate: another object has the name of a wanted one.
	NoteDuplicate NoteCode = "duplicate"
	// NoteHeldBack: what the plan takes away is left, and why.
	NoteHeldBack NoteCode = "held-back"
	// NoteOther: a lock or a vault is not believed, since it is of another
	// service.
	NoteOther NoteCode = "memory-of-another"
	// NoteFresh: a step's body is completed from a read.
	NoteFresh NoteCode = "completed-on-apply"
)

// Refusal says why a plan must not be applied.
type Refusal struct {
	Key    schema.Key
	Fields []schema.Path
	Text   string
}

// Empty reports whether there is nothing to do. A plan with errors is not
// empty: it does not know.
func (p *EnvironmentPlan) Empty() bool {
	return len(p.Changes) == 0 && len(p.Errors) == 0 && len(p.Refusals) == 0
}

// unnamed are the live objects that the manifest does not name, whoever made them,
// and that the plan leaves alone.
func (p *EnvironmentPlan) unnamed() []schema.Key {
	keys := slices.Clone(p.Unmanaged)
	for _, r := range p.Removed {
		if _, stands := p.read.Live[r.Key.Kind][r.Key.Name]; stands && len(r.Path) == 0 {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// Unjudged are the objects that were not compared, since something is wrong
// with them: each an error that says what.
func (p *EnvironmentPlan) Unjudged() []error {
	var errs []error
	for _, r := range p.Refusals {
		changes := func(c diff.Change) bool { return c.Key == r.Key }
		if !slices.ContainsFunc(p.Changes, changes) {
			errs = append(errs, fmt.Errorf("%s was not compared: %s", r.Key, r.Text))
		}
	}
	return errs
}

// Empty reports whether there is nothing to do in any environment.
func (p *Plan) Empty() bool {
	for _, e := range p.Environments {
		if !e.Empty() {
			return false
		}
	}
	return true
}

// Count returns how many changes of an action the environment has.
func (p *EnvironmentPlan) Count(a diff.Action) int {
	n := 0
	for _, c := range p.Changes {
		if c.Action == a {
			n++
		}
	}
	return n
}

// Sandbox is the identity of the sandbox that plays the services of the run; ""
// = they are spoken to themselves.
func (p *Plan) Sandbox() string {
	for _, env := range p.Environments {
		if env.Sandbox != "" {
			return env.Sandbox
		}
	}
	return ""
}
