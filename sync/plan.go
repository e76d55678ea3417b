// Package sync turns differences into ordered API calls and makes them.
//
// Begin reading here: [Read] fetches what is live, [Build] compares it with the
// manifest and makes a [Plan], and [Apply] makes the plan's calls and reads back what
// they did. The plan is data and decides everything: a run does exactly what the plan
// shows.
//
// The package must not print, ask or exit (progress goes to a callback), and it names
// no kind and no service: those are data in package schema and implementations of
// [Service] in package remote.
//
// What an update sends is in body.go, the order of steps in order.go, and what a
// failed read or a hidden secret forbids in build.go.
package sync

import (
	"cmp"
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

// Plan is what a run would do to each environment, by name.
type Plan struct {
	Environments []*EnvironmentPlan
	// Part says which part of a fleet they are.
	Part Part
	// Rollout orders an apply of them; nil = they have no order.
	Rollout *schema.Rollout
	// Since says why only some environments are planned; nil = all are.
	Since *Since
	// Digest identifies the saved plan, by which an approval can name it; "" = it is not
	// saved.
	Digest string
}

// EnvironmentPlan is the plan of one environment.
type EnvironmentPlan struct {
	stating
	Name string
	File string
	// EnvID is the id of the CloudBase environment, if it has one.
	EnvID string
	// Limits are what the user limited the plan to.
	Limits Limits
	// Back is the kept snapshot to which an undo goes back.
	Back string
	// ChangedFiles are those of its files that made it part of the plan; see [Since].
	ChangedFiles []string
	// Changes are the differences, by kind and name.
	Changes []diff.Change
	// Steps are the calls that make the changes, in order.
	Steps []Step
	// Uncompared are fields that stay as they are, since it is not known whether they
	// differ.
	Uncompared []Uncompared
	// Unreadable says, by kind, why live cannot be read. The last applied values were
	// used instead.
	Unreadable map[string]error
	// Sandbox is the identity of the sandbox that plays the services; "" = the real
	// services.
	Sandbox string
	// Destinations are where the systems are, and Seals what is sealed to whom.
	Destinations []Destination
	Seals        Sealing
	// Notes are facts for a reviewer, in words. Nothing is decided by them.
	Notes []Note
	// Refusals forbid applying. While there is one, no step of any environment runs.
	Refusals []Refusal
	// Gates are the dangers of the plan. While one is not allowed, no step of any
	// environment runs.
	Gates []Gate
	// Overlaps are replaced objects that live on beside their successors.
	Overlaps []Overlap
	// Removed is what git no longer names, though it was applied from here, and what
	// the plan leaves as it is.
	Removed []Removed
	// Accepted is drift that git takes over.
	Accepted []Accepted
	// Unmanaged are live objects that the manifest does not name and that were not
	// applied from here.
	Unmanaged []schema.Key
	// WaysIn is who can log in before the first call and after each that changes that;
	// none, if none does.
	WaysIn []Standing
	// Rehearsal is what came of making the calls on a copy; nil = nobody has.
	Rehearsal *Rehearsal
	// Errors are failed reads. No step is planned for their systems, since what is
	// live there is unknown.
	Errors []error
	// Unread are the kinds that the manifest names and that could not be read. While
	// there is one, no Take step is made; see [EnvironmentPlan.HeldBack].
	Unread []string

	live  map[schema.Key]LiveObject // objects as they were read, on which the plan rests
	same  []schema.Key              // objects that are as wanted
	whole map[string]struct{}       // kinds whose objects were all compared
	// recalled are objects with secrets that were compared only with what was applied.
	recalled map[schema.Key]bool
	opened   map[schema.Key][]diff.Opened // sealed secrets that hold what live shows
	read     *Reading
	options  Options
	builtin  map[schema.Key]bool // those of Unmanaged, once what is live is let go
}

// Step is one API call of a plan.
type Step struct {
	Number int // from 1
	// Level, from 1, says which steps run at once: the steps of one level run side by
	// side after those of the level before.
	Level int
	Key   schema.Key
	Op    Op
	Phase Phase
	// Fields are the top-level fields that are sent because something in them differs.
	// Fields that are always sent are not among them.
	Fields []string
	// After are the steps of the same object that must have succeeded before this one.
	// A Take step also waits for all Give steps.
	After []int
	// ID is the service's id of the object, if it is not its name.
	ID string
	// Replaces are the ids of the objects that a created one replaces, and Besides
	// those of all objects that have its name before.
	Replaces []string
	Besides  []string
	// Overlaps are those of Replaces that live on for a while.
	Overlaps []Overlapping
	Call     Call
	// Basis says when the call's body is known.
	Basis Basis

	sends schema.Object // the body in the manifest's form
}

// Basis says when the body of a step is known.
type Basis int

const (
	// Planned bodies are sent as planned.
	Planned Basis = iota
	// Fresh bodies build on the result of an earlier step: they are made from a read
	// just before the call. The plan shows fields from that read as unmodelled.
	Fresh
)

// Phase separates steps that add (Give: grant) from steps that remove (Take: revoke).
type Phase string

const (
	Give Phase = "give"
	Take Phase = "take"
)

// Note is a fact about an object of the plan.
type Note struct {
	Key    schema.Key    `json:"object" doc:"The object, as KIND/NAME; empty where the note is about none."`
	Code   NoteCode      `json:"code" doc:"What sort of note. There may be more."`
	Fields []schema.Path `json:"fields" doc:"The fields that it is about, by path."`
	Text   string        `json:"text" doc:"The note, for a person."`
	// Shared is the text without the fields, by which notes about several objects are
	// told in one; "" = Text.
	Shared string `json:"-"`
}

// NoteCode is the kind of a note; it is part of the JSON format.
type NoteCode string

const (
	// NoteSecret: a secret could not be compared.
	NoteSecret NoteCode = "secret-not-compared"
	// NoteUnmodelled: a call carries unmodelled live fields along.
	NoteUnmodelled NoteCode = "carried"
	// NoteUnread: live could not be read, and the last applied values were used
	// instead.
	NoteUnread NoteCode = "live-not-read"
	// NoteUnseen: no call of the service shows the kind.
	NoteUnseen NoteCode = "not-shown"
	// NoteRecalled: secrets that live shows were compared only with what was last
	// applied, since there is no identity.
	NoteRecalled NoteCode = "secret-compared-by-lock"
	// NoteUnproved: a saved plan is applied without a check whether its secrets have
	// moved.
	NoteUnproved NoteCode = "secrets-not-proved"
	// NoteCredential: what becomes of a credential that is sent.
	NoteCredential NoteCode = "credential"
	// NoteRegion: what does not work in the region of the environment.
	NoteRegion NoteCode = "region"
	// NoteReplace: an object is replaced, and why.
	NoteReplace NoteCode = "replaced"
	// NoteOverlap: until when a replaced object lives on.
	NoteOverlap NoteCode = "overlap"
	// NoteToken: the token of a live object is not in the vault.
	NoteToken NoteCode = "token-lost"
	// NoteChecked: a service's check found something doubtful.
	NoteChecked NoteCode = "checked-against-live"
	// NoteListsNothing: a service lists nothing, though something was applied.
	NoteListsNothing NoteCode = "lists-nothing"
	// NoteRename: a created object looks like one that git has removed.
	NoteRename NoteCode = "looks-renamed"
	// NotePrune: what --prune leaves alone, and why.
	NotePrune NoteCode = "prune"
	// NoteUnlisted: it is not known what else was live when a kind was last applied.
	NoteUnlisted NoteCode = "appeared-not-known"
	// NoteRivals: the service may keep only one of a created object and others.
	NoteRivals NoteCode = "rivals"
	// NoteAlike: a live object that a service may treat as the new one.
	NoteAlike NoteCode = "alike"
	// NoteDuplicate: another live object has the name of a wanted one.
	NoteDuplicate NoteCode = "duplicate"
	// NoteHeldBack: Take steps are held back, and why.
	NoteHeldBack NoteCode = "held-back"
	// NoteOther: a lock or a vault is not believed, since it belongs to another
	// service.
	NoteOther NoteCode = "memory-of-another"
	// NoteLeftOut: a hidden value is not sent, since the service is known to keep it.
	NoteLeftOut NoteCode = "left-out"
	// NoteIdleAck: the manifest acknowledges what is told no more.
	NoteIdleAck NoteCode = "ack-idle"
	// NoteUnstamped: an object has changed, and its stamp has not.
	NoteUnstamped NoteCode = "changed-without-stamp"
	// NoteFresh: a step's body is completed from a read during the apply.
	NoteFresh NoteCode = "completed-on-apply"
)

// standing are the codes of notes that come again in every plan as long as environment
// and identities stay the same, whatever a plan changes.
var standing = map[NoteCode]bool{
	NoteSecret: true, NoteUnread: true, NoteUnseen: true, NoteRecalled: true, NoteRegion: true, NoteToken: true, NoteUnlisted: true,
}

// Standing reports whether a note with the code comes again in every plan.
func (c NoteCode) Standing() bool { return standing[c] }

// Refusal says why a plan must not be applied.
type Refusal struct {
	Key    schema.Key    `json:"object" doc:"The object that cannot be written, or that breaks a rule, as KIND/NAME; empty where it is about none."`
	Fields []schema.Path `json:"fields" doc:"The fields that stand in the way, by path."`
	Text   string        `json:"text" doc:"Why, for a person."`
	Rule   string        `json:"rule,omitempty" doc:"The rule of a policy that the end state breaks, as policy/NAME. Missing where the object cannot be written."`
}

// Empty reports whether there is nothing to do. A plan with errors is not empty, since
// it may be incomplete.
func (p *EnvironmentPlan) Empty() bool {
	return len(p.Changes) == 0 && len(p.Errors) == 0 && len(p.Refusals) == 0
}

// unnamed returns the live objects that the manifest does not name and that the plan
// leaves as they are, whoever created them.
func (p *EnvironmentPlan) unnamed() []schema.Key {
	keys := slices.DeleteFunc(slices.Clone(p.Unmanaged), p.IsBuiltin)
	for _, r := range p.Removed {
		if _, stands := p.read.Live[r.Key.Kind][r.Key.Name]; stands && len(r.Path) == 0 {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// Deletes reports whether the plan deletes a live object. What git has removed may have
// had another name there than live shows.
func (p *EnvironmentPlan) Deletes(key schema.Key, id string) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool {
		return s.Op == OpDelete && s.Key.Kind == key.Kind && (s.Key == key || id != "" && s.ID == id)
	})
}

// IsBuiltin reports whether the service has a live object by itself.
func (p *EnvironmentPlan) IsBuiltin(key schema.Key) bool {
	return p.builtin[key] || p.read != nil && p.read.Live[key.Kind][key.Name].Presence == Builtin
}

// Unjudged returns an error for each object that was not compared because something is
// wrong with it.
func (p *EnvironmentPlan) Unjudged() []error {
	var errs []error
	changed := list.Set(p.Changes, func(c diff.Change) schema.Key { return c.Key })
	for _, r := range p.Refusals {
		if r.Rule == "" && !changed[r.Key] {
			errs = append(errs, fmt.Errorf("%s was not compared: %s", r.Key, r.Text))
		}
	}
	return errs
}

// Empty reports whether there is nothing to do in any environment.
func (p *Plan) Empty() bool {
	return !slices.ContainsFunc(p.Environments, func(e *EnvironmentPlan) bool { return !e.Empty() })
}

// Count returns how many changes of an action the environment has.
func (p *EnvironmentPlan) Count(a diff.Action) int {
	return list.Count(p.Changes, func(c diff.Change) bool { return c.Action == a })
}

// Sandbox is the identity of the sandbox that plays the services of the run; "" = the
// real services.
func (p *Plan) Sandbox() string {
	return cmp.Or(list.Each(p.Environments, func(e *EnvironmentPlan) string { return e.Sandbox })...)
}
