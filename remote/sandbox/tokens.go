package sandbox

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"
)

// tokens are the access tokens of one service: the sandbox's own, which never expires
// and is valid for every tenant, and the issued ones.
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
	return &tokens{system: system, life: cmp.Or(options.TokenLife, documented), now: options.Now, issued: map[string]grant{}}
}

// issue issues a token for the tenant with the service's usual lifetime.
func (t *tokens) issue(tenant string) string { return t.issueFor(tenant, t.life) }

// issueFor issues a token with the given lifetime. The token depends only on how many
// were issued before, and looks like a JWT.
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

// expire ends a token early. The sandbox's own token does not expire.
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

func isSandbox(id, secret string) bool { return id == SecretID && secret == SecretKey }
