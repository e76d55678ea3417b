package transport

import "time"

// backlog are the permits that wait for one window, which is full. It foretells
// when each comes: as many as the rate allows go in each span from the time at
// which the first one may.
type backlog struct {
	from  time.Time
	ahead int
}

// newBacklog is of a window that is ready at a time; zero = nobody knows.
func newBacklog(ready, now time.Time) *backlog {
	if ready.IsZero() {
		ready = now.Add(span)
	}
	return &backlog{from: ready}
}

// notable is by how much what a permit was told must be wrong for it to be told
// anew.
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
