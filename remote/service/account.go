package service

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"authsync/remote/transport"
)

// Account is where the credentials of a cloud account come from. Those that end
// are fetched when they are needed first, and again before they end. It is safe
// for concurrent use.
type Account struct {
	// Source says where they come from, for a person. It holds no credential.
	Source string
	// Name tells the requests of one account from those of another. It stays
	// when the credentials change.
	Name string

	kept  kept[Credentials]
	fixed Credentials
}

// Static is an account whose credentials stay as they are.
func Static(source string, c Credentials) *Account {
	return &Account{Source: source, Name: c.SecretID, fixed: c, kept: kept[Credentials]{
		fetch: func(context.Context) (Credentials, time.Duration, error) { return c, math.MaxInt64, nil },
	}}
}

// Temporary is an account whose credentials end. Fetch gets them, and says how
// long they live.
func Temporary(source, name string, fetch func(context.Context) (Credentials, time.Duration, error)) *Account {
	return &Account{Source: source, Name: name, kept: kept[Credentials]{fetch: fetch, early: renewEarly}}
}

// renewEarly is how long before their end credentials are no longer used: longer
// than any call waits for its turn.
const renewEarly = 5 * time.Minute

// Get returns the credentials of now.
func (a *Account) Get(ctx context.Context) (Credentials, error) { return a.kept.get(ctx) }

// Fixed are the credentials of an account whose credentials never change; else
// they are empty.
func (a *Account) Fixed() Credentials { return a.fixed }

// TokenHeader carries the token of temporary credentials.
const TokenHeader = "X-TC-Token"

// Renew is that of a [Client]: credentials that have ended before their time are
// fetched anew. Those that stay as they are end for good.
func (a *Account) Renew(r transport.Request, refusal error) bool {
	var e *transport.Error
	if a.fixed != (Credentials{}) || !errors.As(refusal, &e) || e.Code != "AuthFailure.TokenFailure" {
		return false
	}
	a.kept.forget(func(c Credentials) bool { return c.Token == r.Header.Get(TokenHeader) })
	return true
}

// Format keeps an account from being printed by mistake.
func (a *Account) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(account)") }
