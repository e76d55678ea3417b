package sync

import (
	"context"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
)

// Service is one kind of object in one environment, as its system offers it.
// Package remote has an implementation for each kind.
type Service interface {
	// Read returns what is live. A service that can list returns all objects
	// of the kind; one that cannot returns those of names that exist. It
	// makes no write call.
	Read(ctx context.Context, names []string) ([]Live, error)

	// Describe says which call carries out op, without making it.
	Describe(op Op, name string, body schema.Object) Call

	// Make makes a call. An error that knows says by [Uncertain] whether the
	// service may have done the work all the same.
	Make(ctx context.Context, call Call, reveal schema.Reveal) error
}

// Live is an object as its service shows it.
type Live struct {
	Name string
	Wire schema.Object // as received
	// Presence tells a real object from one that the service makes up.
	Presence Presence
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
	// OutcomeUnknown reports whether the service may have done the work.
	OutcomeUnknown() bool
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
	Env      *schema.Environment
	Services map[string]Service // by kind
	Keys     Keys
}

// Keys opens the secrets of an environment.
type Keys interface {
	diff.Opener
	// CanOpen reports whether Open has what it needs, without opening.
	CanOpen(secrets.Value) bool
}
