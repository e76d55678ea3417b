package transport

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// gate decides which request goes next. It holds both limits of a run, that of
// requests in flight and that of each action's rate, because they must be granted
// together: a request that had its turn by the one and then waited for the other
// would not start when the limiter thinks that it did.
//
// Requests go in the order in which they came, except that one whose key has to
// wait lets those of other keys pass.
type gate struct {
	given int // the user's own limit for every key; 0: none

	mu      sync.Mutex
	free    int             // how many more may be in flight
	unbound map[string]bool // hosts that have said of one key that it has no limit
	windows map[gateKey]*window
	waiting []*turn
	alarm   *time.Timer // when the first waiting turn may start
}

type gateKey struct {
	host  string
	limit Limit
}

// turn is the leave to make one request.
type turn struct {
	gate    *gate
	window  *window
	granted chan struct{} // closed when it is given
	began   time.Time     // when it was given
	written time.Time     // when the request was last written; zero before

	held  func(time.Time) // is told when the limiter lets it go
	until time.Time       // what it was told last
}

func newGate(concurrency, given int) *gate {
	return &gate{given: given, free: concurrency, windows: map[gateKey]*window{}, unbound: map[string]bool{}}
}

// enter waits for a turn. Whoever gets one must leave. Held is told, with the
// lock held, when the turn comes, if it is the limiter that it waits for.
func (g *gate) enter(ctx context.Context, key gateKey, held func(time.Time)) (*turn, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	t := &turn{gate: g, granted: make(chan struct{}), held: held}
	g.mu.Lock()
	t.window = g.window(key)
	g.waiting = append(g.waiting, t)
	g.dispatch()
	g.mu.Unlock()
	select {
	case <-t.granted:
		return t, nil
	case <-ctx.Done():
		t.leave()
		return nil, context.Cause(ctx)
	}
}

func (g *gate) window(key gateKey) *window {
	w := g.windows[key]
	if w == nil {
		rate := g.given
		if rate == 0 && !g.unbound[key.host] {
			rate = key.limit.Rate
		}
		w = &window{host: key.host, most: rate, rate: rate}
		g.windows[key] = w
	}
	return w
}

// dispatch gives every turn that can be given now, and sets the alarm for the
// next. It is called, with the lock held, whenever something has changed.
func (g *gate) dispatch() {
	if g.alarm != nil {
		g.alarm.Stop()
		g.alarm = nil
	}
	if g.free == 0 || len(g.waiting) == 0 {
		return // whoever leaves or enters dispatches again
	}
	now := time.Now()
	var (
		next    time.Time // when the first of the full ones is ready again
		full    = map[*window]*backlog{}
		waiting []*turn
	)
	for i, t := range g.waiting {
		if g.free == 0 {
			g.waiting = append(waiting, g.waiting[i:]...)
			return
		}
		if behind := full[t.window]; behind != nil {
			behind.add(t)
			waiting = append(waiting, t)
			continue
		}
		ready, at := t.window.ready(now)
		if !ready {
			full[t.window] = newBacklog(at, now)
			full[t.window].add(t)
			waiting = append(waiting, t)
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
			continue
		}
		g.free--
		t.began = now
		t.window.starts = append(t.window.starts, t)
		close(t.granted)
	}
	g.waiting = waiting
	if !next.IsZero() {
		g.alarm = time.AfterFunc(next.Sub(now), g.ring)
	}
}

func (g *gate) ring() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dispatch()
}

// sent notes that the request has been written, or is about to be.
func (t *turn) sent() {
	t.gate.mu.Lock()
	defer t.gate.mu.Unlock()
	t.written = time.Now()
	t.gate.dispatch()
}

// learn takes from an answer what it says about the rate.
func (t *turn) learn(a Response, fail *Error) {
	t.gate.mu.Lock()
	defer t.gate.mu.Unlock()
	stated := statedLimit(a.Header)
	t.window.state(stated, t.gate.given)
	t.gate.unbound[t.window.host] = strings.EqualFold(stated, unlimited)
	if fail != nil && fail.fault == throttled {
		t.window.refused(t, time.Now(), fail.retryAfter)
	}
	t.gate.dispatch()
}

// leave gives the turn back, also one that was never given. A request that was
// not sent does not count against the rate.
func (t *turn) leave() {
	g := t.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.began.IsZero() {
		g.waiting = slices.DeleteFunc(g.waiting, func(w *turn) bool { return w == t })
	} else {
		g.free++
	}
	if t.written.IsZero() {
		t.window.starts = slices.DeleteFunc(t.window.starts, func(s *turn) bool { return s == t })
	}
	g.dispatch()
}
