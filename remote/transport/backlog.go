package transport

import "time"

// backlog predicts when the requests that wait for a full window may start: in each
// span as many as the rate allows, from the time at which the first one may.
type backlog struct {
	from   time.Time
	window *window
}

// notable is how far a reported time must be wrong before it is reported again.
const notable = span / 4

// foretell tells those that wait for a full window when they may start: those that have
// not been told, and all if what they were told is wrong by now. Ready is when the
// window is ready again; zero = unknown.
func (w *window) foretell(ready, now time.Time) {
	if ready.IsZero() {
		ready = now.Add(span)
	}
	b := backlog{ready, w}
	i, t := w.waiting.length-1, w.waiting.last
	for ; t != nil && t.until.IsZero(); i, t = i-1, t.before {
		b.tell(t, i)
	}
	if t == nil || b.near(t, i) && b.near(w.waiting.first, 0) {
		return
	}
	for i, t := 0, w.waiting.first; t != nil; i, t = i+1, t.after {
		if !b.near(t, i) {
			b.tell(t, i)
		}
	}
}

// at is when a request may start before which so many wait.
func (b backlog) at(ahead int) time.Time {
	return b.from.Add(b.window.after(ahead))
}

// near reports whether a request was told about the right time.
func (b backlog) near(t *permit, ahead int) bool { return b.at(ahead).Sub(t.until).Abs() < notable }

func (b backlog) tell(t *permit, ahead int) {
	t.until = b.at(ahead)
	t.held(t.until)
}

// after estimates how long it takes to start so many requests.
func (w *window) after(requests int) time.Duration {
	switch {
	case w.rate == 0:
		return 0
	case w.isShared():
		return time.Duration(requests) * beat * time.Duration(w.shard.Of) / time.Duration(w.rate)
	}
	return time.Duration(requests/w.rate) * span
}
