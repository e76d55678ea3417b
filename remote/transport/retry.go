package transport

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// backoff says how long to wait before the next attempt: a random time up to base,
// then up to twice that, and so on until most. The whole range is random, so that
// calls that failed together do not return together.
type backoff struct {
	base, most time.Duration
	budget     time.Duration // for all waits of one call
}

// tally counts the failures of one call.
type tally struct {
	failures int
	byFault  [faultCount]int
	waited   time.Duration
}

// next says whether there is another attempt after a failure, and when. The counts of
// [faults] are per reason: a call that was throttled twice still has all its attempts
// after a broken connection.
func (c *tally) next(fail *Error, class Class, b backoff) (time.Duration, bool) {
	c.failures++
	c.byFault[fail.fault]++
	allowed := faults[fail.fault].writes
	if class == Read {
		allowed = faults[fail.fault].reads
	}
	if c.byFault[fail.fault] >= allowed {
		return 0, false
	}
	// The service's wish comes first; the random part separates calls that got the
	// same one.
	delay := fail.retryAfter + b.jitter(c.failures)
	if c.waited += delay; c.waited > b.budget {
		return 0, false
	}
	return delay, true
}

func (b backoff) jitter(failures int) time.Duration {
	limit := b.most
	if shift := failures - 1; shift < 16 {
		limit = min(limit, b.base<<shift)
	}
	if limit <= 0 {
		return 0
	}
	return rand.N(limit)
}

// retryAfter reads the header of that name in both its forms, seconds and a date. A
// time in the past or without sense is 0.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<31)) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
