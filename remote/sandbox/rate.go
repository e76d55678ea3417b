package sandbox

import (
	"sync"
	"time"
)

// limiter refuses requests above perSecond for one key within any second. Refused
// requests do not count, so a client that waits a second is always served again.
type limiter struct {
	perSecond int // 0: unlimited

	mu    sync.Mutex
	taken map[string][]time.Time // newest last, all within the last second
}

// take asks for one more request at the given time. It returns the number of requests
// within the last second, including this one, and whether it is allowed.
func (l *limiter) take(key string, now time.Time) (int, bool) {
	if l.perSecond == 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.taken == nil {
		l.taken = map[string][]time.Time{}
	}
	recent := l.taken[key]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	count := len(recent) + 1
	allowed := count <= l.perSecond
	if allowed {
		recent = append(recent, now)
	}
	l.taken[key] = recent
	return count, allowed
}
