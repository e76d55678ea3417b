package remote

import (
	"context"
	"strings"
	stdsync "sync"
	"time"

	"authsync/schema"
)

// tokenSkew is how long before its end a token is no longer used.
const tokenSkew = 30 * time.Second

// tokenCache keeps a token that a service gives out until shortly before it
// ends. Callers that need one at the same time wait for one fetch.
type tokenCache struct {
	fetch func(ctx context.Context) (token string, life time.Duration, err error)

	mu    stdsync.Mutex
	token string
	ends  time.Time
}

// bearer is the header that carries the token.
func (c *tokenCache) bearer(ctx context.Context) (name, value string, err error) {
	token, err := c.get(ctx)
	return "Authorization", bearerScheme + token, err
}

const bearerScheme = "Bearer "

func (c *tokenCache) get(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == "" || !time.Now().Before(c.ends) {
		if err := ctx.Err(); err != nil {
			return "", err // given up while another fetched
		}
		token, life, err := c.fetch(ctx)
		if err != nil {
			return "", err
		}
		c.token, c.ends = token, time.Now().Add(life-min(tokenSkew, life/2))
	}
	return c.token, nil
}

// renew forgets the token that a header carried. One that was fetched since
// then stays.
func (c *tokenCache) renew(used string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.TrimPrefix(used, bearerScheme) == c.token {
		c.token = ""
	}
}

// lifeOf is how long a token lives; an hour if the answer does not say.
func lifeOf(answer schema.Object) time.Duration {
	n, _ := answer["expires_in"].(schema.Number)
	seconds, err := time.ParseDuration(string(n) + "s")
	if err != nil || seconds <= 0 {
		return time.Hour
	}
	return seconds
}
