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

// Service is one kind of object in one environment, as its system offers it.
// Package remote has an implementation for each kind.
type Service interface {
	// Read returns what is live. A service that can list returns all objects
	// of the kind, those that are wanted under their names there; one that
	// cannot returns those wanted that exist. It makes no write call. An error
	// that wraps [ErrUnreadable] means that the system has no way to read.
	Read(ctx context.Context, q Query) ([]WireObject, error)

	// Describe says which calls carry out op, in order, without making them.
	Describe(op Op, t Target, body schema.Object) []Call

	// Make makes a call. An error that knows says by [Uncertain] whether the
	// service may have done the work all the same.
	Make(ctx context.Context, call Call, reveal schema.Reveal) (Made, error)
}

// ErrUnreadable means that a system offers no way to read a kind: it can be
// written only, and is compared with what was last applied.
var ErrUnreadable = errors.New("live cannot be read")

// Unreadable is an [ErrUnreadable] of a system that may lack more than reading.
type Unreadable struct {
	Why string
	// Lacks are operations that it is known not to offer.
	Lacks []Op
}

func (e *Unreadable) Error() string { return e.Why }

// Is makes it an [ErrUnreadable].
func (e *Unreadable) Is(target error) bool { return target == ErrUnreadable }

// Query says what of a kind is asked for.
type Query struct {
	Wants  []Want
	Others Others
	// Groups are the settings of each group, for a kind in groups.
	Groups map[string]schema.Object
}

// Others says how much is asked of objects that are not wanted by name.
type Others int

const (
	// OthersPassing are told of where reading what is wanted shows them
	// anyway. Nothing is read for their sake.
	OthersPassing Others = iota
	// OthersListed are all told of, with no more than a list shows of them.
	OthersListed
	// OthersWhole are read as if they were wanted.
	OthersWhole
)

// Want is an object that the manifest names, and what may help to find it.
type Want struct {
	Name string
	Pin  string // the id that the manifest states
	ID   string // the id that the lock or the vault remembers
	// Former are ids of what it took the place of: none of them is meant.
	Former []string
	Fields schema.Object
	Group  schema.Object // settings of its group
	// Lost says that all objects of the name come from calls whose answers were
	// lost: any of them is meant.
	Lost bool
	// Remembered says that the object of ID is meant, whatever it is called now
	// and whatever else has its name.
	Remembered bool
	// Applied is what the lock remembers; zero = nothing, or it must not count.
	Applied lock.Entry
}

// Target is the object of a call.
type Target struct {
	Name  string
	ID    string        // the service's, where it is known and not the name
	Group schema.Object // settings of its group
}

// Made is what a service tells of what it has just made.
type Made struct {
	ID string
	// Token is shown this once; see schema.TokenOnce.
	Token secrets.Value
}

// WireObject is a live object as its service sends it.
type WireObject struct {
	Name string
	ID   string        // the service's, where it is not the name
	Wire schema.Object // as received
	// Made is when the service says that the object was made; zero = it does not.
	Made time.Time
	// Presence tells a real object from one that the service makes up.
	Presence Presence
	// Bound are the names of what uses the object: it is not deleted.
	Bound []string
	// DuplicateOf is the wanted object that this one could be too, and is not: they
	// share what a wanted one is found by.
	DuplicateOf string
}

// Presence says whether a live object really exists.
type Presence int

const (
	// Stands is an object that somebody made.
	Stands Presence = iota
	// Permanent is one that somebody made and that is never deleted.
	Permanent
	// Phantom is one that the service shows though nobody made it. It can be
	// written to; it is never deleted and never exported.
	Phantom
)

// Uncertain is implemented by errors of calls whose outcome may be unknown.
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

// Call is one API call as data: all that a reviewer needs to see what will be
// sent. Secrets in Body are values that cannot print themselves.
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

// Site is one environment together with the services that hold it.
type Site struct {
	Env *schema.Environment
	// Places are where its systems are: what is remembered of others is not
	// believed.
	Places lock.Places
	// Admit says why nothing may be read, before anything is; nil = nothing
	// speaks against it.
	Admit func(context.Context) error
	// Hosts are those that the run allows; nil = none.
	Hosts interface {
		Allows(address string) bool
	}
	Services map[string]Service // by kind
	Keys     Keys
	Lock     *lock.Lock
	Vault    *lock.Vault
	// State is what this machine keeps of the runs.
	State state.Runs
	// Lanes is how many objects are written at once, where their kind allows
	// it; 0 = 30.
	Lanes int
	// Waits are the pauses between reads while something written is not
	// visible; nil = the usual ones, up to 2.6 s in all.
	Waits []time.Duration
	// ReadTime is how long reading may take; 0 = 15 minutes.
	ReadTime time.Duration
}

func (s *Site) waits() []time.Duration {
	if s.Waits == nil {
		return usualWaits
	}
	return s.Waits
}

// Keys opens the secrets of an environment.
type Keys = diff.Opener
