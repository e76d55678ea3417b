package sandbox

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// tokens are the access tokens of one service: the sandbox's own, which never
// ends and opens every tenant, and those that were given out.
type tokens struct {
	system string
	life   time.Duration
	now    func() time.Time

	mu     sync.Mutex
	issued map[string]grant
}

type grant struct {
	tenant string
	ends   time.Time
}

// tokenState is what a token is worth.
type tokenState int

const (
	noToken tokenState = iota
	wrongToken
	expiredToken
	validToken
)

// newTokens returns the tokens of a service that lets one live as long as the
// options say, or else as long as is documented.
func newTokens(system string, options Options, documented time.Duration) *tokens {
	life := options.TokenLife
	if life == 0 {
		life = documented
	}
	return &tokens{system: system, life: life, now: options.Now, issued: map[string]grant{}}
}

// issue gives a token out that opens the tenant, and lives as long as the
// service's do.
func (t *tokens) issue(tenant string) string { return t.issueFor(tenant, t.life) }

// issueFor gives a token out with a life of its own. It follows from what was
// given out before, looks like a JWT, and means nothing elsewhere.
func (t *tokens) issueFor(tenant string, life time.Duration) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	token := inventedToken(tenant, fmt.Sprintf("%s token %d", t.system, len(t.issued)+1))
	t.issued[token] = grant{tenant: tenant, ends: t.now().Add(life)}
	return token
}

func (t *tokens) state(tenant, token string) tokenState {
	t.mu.Lock()
	defer t.mu.Unlock()
	given, known := t.issued[token]
	switch {
	case token == "":
		return noToken
	case token == Token:
		return validToken
	case !known || given.tenant != tenant:
		return wrongToken
	case !t.now().Before(given.ends):
		return expiredToken
	}
	return validToken
}

// expire ends a token before its time. The sandbox's own stays.
func (t *tokens) expire(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if given, known := t.issued[token]; known {
		given.ends = time.Time{}
		t.issued[token] = given
	}
}

// bearer is the token in the Authorization header, or "".
func bearer(r request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// isSandbox reports whether an id and a secret are the sandbox's own.
func isSandbox(id, secret string) bool { return id == SecretID && secret == SecretKey }
