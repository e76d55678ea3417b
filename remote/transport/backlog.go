package transport

import "time"

// backlog predicts when the requests that wait for a full window may start: in each
// span as many as the rate allows, from the time at which the first one may.
type backlog struct {
	from  time.Time
	ahead int
}

// newBacklog returns the backlog of a window that is ready at a time; zero = unknown.
func newBacklog(ready, now time.Time) *backlog {
	if ready.IsZero() {
		ready = now.Add(span)
	}
	return &backlog{from: ready}
}

// notable is how far a reported time must be wrong before it is reported again.
const notable = span / 4

func (b *backlog) add(t *permit) {
	at := b.from
	if rate := t.window.rate; rate > 0 {
		at = at.Add(time.Duration(b.ahead/rate) * span)
	}
	b.ahead++
	if off := at.Sub(t.until).Abs(); off < notable {
		return
	}
	t.until = at
	t.held(at)
}
