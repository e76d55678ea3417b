package sandbox

import (
	"fmt"
	"sync"
	"time"
)

// keys are the API keys of the account: the sandbox's own, which never expires, and
// the temporary ones that its token service issued.
type keys struct {
	life time.Duration // of those that are given out, at most

	mu     sync.Mutex
	issued map[string]key
}

// key is the key of one secret id.
type key struct {
	secret, token string
	ends          time.Time
	role          string
}

// issue issues a temporary key for a role. The key depends only on how many were
// issued before.
func (k *keys) issue(role string, life time.Duration, now time.Time) (id string, given key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.life != 0 {
		life = min(life, k.life)
	}
	n := len(k.issued) + 1
	id = fmt.Sprintf("AKIDsandbox%d", n)
	given = key{
		secret: hexSHA256(fmt.Appendf(nil, "temporary key %d", n))[:32],
		token:  inventedToken(role, fmt.Sprintf("session token %d", n)),
		ends:   now.Add(life),
		role:   role,
	}
	k.issued[id] = given
	return id, given
}

func (k *keys) find(id string) (key, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if id == SecretID {
		return key{secret: SecretKey, token: Token}, true
	}
	given, known := k.issued[id]
	return given, known
}

// judge returns the fault of the token that was sent with a key. The sandbox's own key
// needs no token.
func (k key) judge(token string, now time.Time) error {
	switch {
	case token == "" && k.role == "":
		return nil
	case token != k.token:
		return refuse("AuthFailure.TokenFailure", "The provided token could not be validated.")
	case k.role != "" && !now.Before(k.ends):
		return errKeyEnded()
	}
	return nil
}

func errKeyEnded() error {
	return refuse("AuthFailure.TokenFailure", "The provided token has expired.")
}

// expire ends a temporary key early. The sandbox's own key does not expire.
func (k *keys) expire(id string) (ended bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	given, known := k.issued[id]
	if known {
		given.ends = time.Time{}
		k.issued[id] = given
	}
	return known
}
