package service

import (
	"context"
	"strings"
	stdsync "sync"
	"time"

	"authsync/remote/transport"
	"authsync/schema"
)

// Carrier is how a request carries a token.
type Carrier struct {
	Header string
	Scheme string // before the token, with its space; "" = nothing
}

// Bearer carries a token as most services want it.
var Bearer = Carrier{Header: "Authorization", Scheme: "Bearer "}

// Always is the Sign of a client whose token never changes.
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

// tokenSkew is how long before its end a token is no longer used.
const tokenSkew = 30 * time.Second

// Tokens keeps a token that a service gives out until shortly before it ends.
// Callers that need one at the same time wait for one fetch.
type Tokens struct {
	Carrier
	Fetch func(ctx context.Context) (token string, life time.Duration, err error)
	// Expired reports whether an error means that the token is no longer good.
	Expired func(error) bool

	mu    stdsync.Mutex
	token string
	ends  time.Time
}

// Sign is that of a [Client].
func (t *Tokens) Sign(ctx context.Context, r *transport.Request) error {
	token, err := t.get(ctx)
	if err != nil {
		return err
	}
	t.put(r, token)
	return nil
}

func (t *Tokens) get(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.token == "" || !time.Now().Before(t.ends) {
		if err := ctx.Err(); err != nil {
			return "", err // given up while another fetched
		}
		token, life, err := t.Fetch(ctx)
		if err != nil {
			return "", err
		}
		t.token, t.ends = token, time.Now().Add(life-min(tokenSkew, life/2))
	}
	return t.token, nil
}

// Renew is that of a [Client]. A token that was fetched since the request was
// signed stays.
func (t *Tokens) Renew(r transport.Request, refusal error) bool {
	if !t.Expired(refusal) {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.TrimPrefix(r.Header.Get(t.Header), t.Scheme) == t.token {
		t.token = ""
	}
	return true
}

// LifeOf is how long a token lives; an hour if the answer does not say.
func LifeOf(answer schema.Object) time.Duration {
	n, _ := answer["expires_in"].(schema.Number)
	seconds, err := time.ParseDuration(string(n) + "s")
	if err != nil || seconds <= 0 {
		return time.Hour
	}
	return seconds
}
