package service

import (
	"context"
	"strings"
	"time"

	"authsync/remote/transport"
	"authsync/schema"
)

// Carrier says in which header a request has its token.
type Carrier struct {
	Header string
	Scheme string // before the token, with its space; "" = none
}

// Bearer is the form of most services.
var Bearer = Carrier{Header: "Authorization", Scheme: "Bearer "}

// Always returns the Sign of a client with a fixed token.
func (c Carrier) Always(token string) func(context.Context, *transport.Request) error {
	return func(_ context.Context, r *transport.Request) error {
		c.put(r, token)
		return nil
	}
}

func (c Carrier) put(r *transport.Request, token string) {
	r.Header.Set(c.Header, c.Scheme+token)
	r.Secrets = append(r.Secrets, c.Scheme+token, token)
}

// tokenSkew is how long before its end a token is renewed.
const tokenSkew = 30 * time.Second

// Tokens keeps the token of a service until shortly before it ends.
type Tokens struct {
	Carrier
	// Expired reports whether an error means that the token has expired.
	Expired func(error) bool

	cached cached[string]
}

// NewTokens returns tokens from fetch, which also returns a token's lifetime.
func NewTokens(c Carrier, expired func(error) bool, fetch func(context.Context) (token string, life time.Duration, err error)) *Tokens {
	return &Tokens{Carrier: c, Expired: expired, cached: cached[string]{fetch: fetch, early: tokenSkew}}
}

// Sign is that of a [Client].
func (t *Tokens) Sign(ctx context.Context, r *transport.Request) error {
	token, err := t.cached.get(ctx)
	if err != nil {
		return err
	}
	t.put(r, token)
	return nil
}

// Renew is that of a [Client].
func (t *Tokens) Renew(r transport.Request, refusal error) bool {
	if !t.Expired(refusal) {
		return false
	}
	used := strings.TrimPrefix(r.Header.Get(t.Header), t.Scheme)
	t.cached.forget(func(token string) bool { return token == used })
	return true
}

// LifeOf returns the lifetime of a token; an hour if the answer does not say.
func LifeOf(answer schema.Object) time.Duration {
	n, _ := answer["expires_in"].(schema.Number)
	seconds, err := time.ParseDuration(string(n) + "s")
	if err != nil || seconds <= 0 {
		return time.Hour
	}
	return seconds
}
