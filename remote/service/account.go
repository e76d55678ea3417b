package service

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"authsync/remote/transport"
)

// Account is the source of a cloud account's credentials. Temporary ones are fetched
// when they are first needed, and again before they end. It is safe for concurrent
// use.
type Account struct {
	// Source says where they come from, for a person. It contains no credential.
	Source string
	// Name identifies the account among others. It stays the same when the credentials
	// change.
	Name string

	cached cached[Credentials]
	fixed  Credentials
}

func Static(source string, c Credentials) *Account {
	return &Account{Source: source, Name: c.SecretID, fixed: c, cached: cached[Credentials]{
		fetch: func(context.Context) (Credentials, time.Duration, error) { return c, math.MaxInt64, nil },
	}}
}

// Temporary returns an account with temporary credentials. Fetch gets them and their
// lifetime.
func Temporary(source, name string, fetch func(context.Context) (Credentials, time.Duration, error)) *Account {
	return &Account{Source: source, Name: name, cached: cached[Credentials]{fetch: fetch, early: renewEarly}}
}

// renewEarly is how long before their end credentials are renewed: longer than any
// call waits for its permit.
const renewEarly = 5 * time.Minute

func (a *Account) Get(ctx context.Context) (Credentials, error) { return a.cached.get(ctx) }

// Fixed returns the credentials of an account if they never change; else empty ones.
func (a *Account) Fixed() Credentials { return a.fixed }

// TokenHeader is the header for the token of temporary credentials.
const TokenHeader = "X-TC-Token"

// Renew is that of a [Client]: temporary credentials that the service calls expired
// are fetched again.
func (a *Account) Renew(r transport.Request, refusal error) bool {
	var e *transport.Error
	if a.fixed != (Credentials{}) || !errors.As(refusal, &e) || e.Code != "AuthFailure.TokenFailure" {
		return false
	}
	a.cached.forget(func(c Credentials) bool { return c.Token == r.Header.Get(TokenHeader) })
	return true
}

// Format keeps an account from being printed by mistake.
func (a *Account) Format(f fmt.State, _ rune) { fmt.Fprint(f, "(account)") }
