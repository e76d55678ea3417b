package sync

import (
	"context"
	"errors"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
	"authsync/sync/state"
)

// Service is one kind of object in one environment. Package remote has an
// implementation for each kind.
type Service interface {
	// Read returns live objects. A service that can list returns all objects of the
	// kind, the wanted ones under their names in the manifest; a service that cannot
	// returns the wanted ones that exist. It makes no write call. An error that wraps
	// [ErrUnreadable] means that the system has no way to read.
	Read(ctx context.Context, q Query) ([]WireObject, error)

	// Describe returns the calls that carry out op, in order, without making them.
	Describe(op Op, t Target, body schema.Object) []Call

	// Make makes a call. Its error may tell by [Uncertain] that the service may have
	// done the work.
	Make(ctx context.Context, call Call, reveal schema.Reveal) (Made, error)
}

// ErrUnreadable means that a system has no way to read a kind. Such a kind can only be
// written, and is compared with what was last applied.
var ErrUnreadable = errors.New("live cannot be read")

// Unreadable is an [ErrUnreadable] of a system that may lack other operations too.
type Unreadable struct {
	Why string
	// Lacks are operations that the system does not have.
	Lacks []Op
}

func (e *Unreadable) Error() string        { return e.Why }
func (e *Unreadable) Is(target error) bool { return target == ErrUnreadable }

// Query says which objects of a kind to read.
type Query struct {
	Wants  []Want
	Others Others
	// Strays are objects that were applied and that the manifest no longer names:
	// their names and ids. Where there is no list, they are asked for as well.
	Strays []Want
	// Groups are the settings of each group, for a kind in groups.
	Groups map[string]schema.Object
}

// Others says how much to read of objects that are not wanted by name.
type Others int

const (
	// OthersPassing are returned if reading the wanted ones shows them anyway. No call
	// is made for them.
	OthersPassing Others = iota
	// OthersListed are all returned, with the fields that a list shows.
	OthersListed
	// OthersWhole are read in full, like wanted ones.
	OthersWhole
)

// Want is an object of the manifest, and what helps to find it.
type Want struct {
	Name string
	Pin  string // the id that the manifest pins
	ID   string // the id in the lock or the vault
	// Former are ids of objects that it replaced: none of them is meant.
	Former []string
	Fields schema.Object
	// Lost says that all objects of the name come from calls whose answers were lost:
	// any of them is meant.
	Lost bool
	// Remembered says that the object with ID is meant, even if its name has changed
	// or another object has the name.
	Remembered bool
	// Applied is the lock's entry; zero = none, or not to be used.
	Applied lock.Entry
	// Known returns all there is to know of the object that a list shows, if it need not
	// be read in detail; nil = it must be. Without a function every object must be.
	Known func(listed WireObject) schema.Object
}

// IsKnown reports whether the object need not be read in detail, and notes in it what
// is known.
func (w Want) IsKnown(listed *WireObject) bool {
	if w.Known != nil {
		listed.Known = w.Known(*listed)
	}
	return listed.Known != nil
}

// Target is the object of a call.
type Target struct {
	Name  string
	ID    string        // the service's id, if it is known and not the name
	Group schema.Object // settings of its group
}

// Made is what a service's answer says of the object that it wrote.
type Made struct {
	ID string
	// Token is shown only in this answer; see schema.TokenOnce.
	Token secrets.Value
	// At is the time of the answer by the service's clock; zero = not known.
	At time.Time
	// Object is the written object as the answer has it, in full; nil = it does not.
	Object *WireObject
}

// WireObject is a live object as its service sends it.
type WireObject struct {
	Name string
	ID   string        // the service's id, if it is not the name
	Wire schema.Object // as received
	// Made is when the object was created; zero = the service does not say.
	Made time.Time
	// Presence says whether the object really exists.
	Presence Presence
	// Bound are the names of objects that use this one. It is not deleted while there
	// are any.
	Bound []string
	// DuplicateOf names the declared object whose identity this object shares, though
	// another live object was matched to it.
	DuplicateOf string
	// Stamp says when the object was last changed, for a kind of which a list shows it.
	Stamp lock.Stamp
	// Listed is the object as the list has it, if Wire is the answer for it alone.
	Listed schema.Object
	// Known is what [Want.Known] returned: Wire is as the list has it.
	Known schema.Object
}

// Presence says whether a live object really exists.
type Presence int

const (
	// Stands is an object that somebody created.
	Stands Presence = iota
	// Permanent is an object that is never deleted.
	Permanent
	// Phantom is an object that the service shows though nobody created it. It can be
	// written to; it is never deleted and never exported.
	Phantom
	// Builtin is one that the service has by itself, and that does its work. It is
	// never deleted and never exported.
	Builtin
)

// Uncertain is implemented by errors of calls whose effect may be unknown.
type Uncertain interface {
	error
	// EffectUnknown reports whether the service may have done the work.
	EffectUnknown() bool
}

// Op is what a step does to its object.
type Op string

const (
	OpCreate Op = "create"
	OpUpdate Op = "update"
	OpDelete Op = "delete"
)

// Call is one API call as data, with everything that will be sent. Secrets in Body do
// not print themselves.
type Call struct {
	System string
	Action string // of an RPC-style API
	Method string // of a REST API
	Path   string
	Body   schema.Object
}

// String names the call without its body.
func (c Call) String() string {
	if c.Action != "" {
		return c.Action
	}
	return c.Method + " " + c.Path
}

// Site is one environment with its services.
type Site struct {
	Env *schema.Environment
	// Places are the addresses of its systems. What the lock records of other
	// addresses is not believed.
	Places lock.Places
	// Admit returns why nothing may be read; it is called before the first read. Nil =
	// no check.
	Admit func(context.Context) error
	// Hosts are the hosts that the run allows; nil = none.
	Hosts interface {
		Allows(address string) bool
	}
	Services map[string]Service // by kind
	Keys     Keys
	Lock     *lock.Lock
	Vault    *lock.Vault
	// State is this machine's record of the runs.
	State state.Runs
	// Lanes is how many objects are written at once, if their kind allows it; 0 = 30.
	Lanes int
	// Waits are the pauses between reads while a write is not visible; nil = the usual
	// ones, 2.6 s in all.
	Waits []time.Duration
	// ReadTime is how long reading may take; 0 = 15 minutes.
	ReadTime time.Duration

	witnesses *witnesses // nil = each answer is its own
	// stamps are those of the cache; nil = there is no cache.
	stamps func() map[schema.Key]seenStamp
}

// usualWaits are the waits of a site that sets none.
var usualWaits = []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond}

// retry does something until it is done, or the waits are used up.
func (s *Site) retry(do func() (done bool)) {
	waits := s.Waits
	if waits == nil {
		waits = usualWaits
	}
	for _, wait := range waits {
		if do() {
			return
		}
		time.Sleep(wait)
	}
	do()
}

// Keys opens the secrets of an environment.
type Keys = diff.Opener
