package transport

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"authsync/schema"
)

// queue decides which request goes next. It applies both limits of a run, the requests
// in flight and the rate of each action, because both must be granted together: a
// request that had a permit of one and then waited for the other would not start when
// the limiter counts it.
//
// Requests go in the order of their arrival, but a request whose key must wait lets
// those of other keys pass. So each key has a line of its own, and what a call costs
// does not depend on how many wait.
type queue struct {
	given int          // the user's own limit for every key; 0: none
	shard schema.Shard // which part of each limit is this run's

	mu      sync.Mutex
	free    int             // how many more may be in flight
	unbound map[string]bool // hosts that stated no limit for a key
	windows map[queueKey]*window
	crowded []*window   // those with waiting requests
	arrived int         // number of requests so far
	alarm   *time.Timer // when the first waiting permit may start
}

type queueKey struct {
	host  string
	limit Limit
}

// permit allows one request.
type permit struct {
	queue   *queue
	window  *window
	number  int           // in the order of arrival
	granted chan struct{} // closed when it is granted
	began   time.Time     // when it was granted
	written time.Time     // when the request was last written; zero before
	left    bool          // its holder gave it back

	held  func(time.Time) // is called with the time at which the limiter grants it
	until time.Time       // the last time that it was called with

	in            *line // that it stands in; nil: none
	before, after *permit
}

func newQueue(concurrency, given int, shard schema.Shard) *queue {
	return &queue{given: given, shard: shard, free: concurrency, windows: map[queueKey]*window{}, unbound: map[string]bool{}}
}

// enter waits for a permit, which its holder gives back by leave. If the limiter
// delays the request, held is called, under the mutex, with the time at which it
// may start.
func (q *queue) enter(ctx context.Context, key queueKey, held func(time.Time)) (*permit, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	t := &permit{queue: q, granted: make(chan struct{}), held: held}
	q.mu.Lock()
	q.arrived++
	t.window, t.number = q.window(key), q.arrived
	if t.window.waiting.first == nil {
		q.crowded = append(q.crowded, t.window)
	}
	t.window.waiting.push(t)
	q.dispatch()
	q.mu.Unlock()
	select {
	case <-t.granted:
		return t, nil
	case <-ctx.Done():
		t.leave()
		return nil, context.Cause(ctx)
	}
}

func (q *queue) window(key queueKey) *window {
	w := q.windows[key]
	if w == nil {
		rate := q.given
		if rate == 0 && !q.unbound[key.host] {
			rate = key.limit.Rate
		}
		w = &window{host: key.host, shard: q.shard, most: rate, rate: rate}
		q.windows[key] = w
	}
	return w
}

// dispatch grants every permit that can be granted now, and sets the alarm for the
// next. It is called, under the mutex, whenever something has changed.
func (q *queue) dispatch() {
	if q.alarm != nil {
		q.alarm.Stop()
		q.alarm = nil
	}
	now := time.Now()
	for q.free > 0 {
		w := q.next(now)
		if w == nil {
			q.await(now)
			return
		}
		q.free--
		w.grant(now)
		q.uncrowd(w)
	}
	// leave dispatches again
}

// next returns the window whose first waiting request is the earliest that may start
// now; nil: there is none.
func (q *queue) next(now time.Time) *window {
	var next *window
	for _, w := range q.crowded {
		if next != nil && next.waiting.first.number < w.waiting.first.number {
			continue
		}
		if ready, _ := w.ready(now); ready {
			next = w
		}
	}
	return next
}

// await sets the alarm for the first window that is ready again. All that have waiting
// requests are full.
func (q *queue) await(now time.Time) {
	var next time.Time
	for _, w := range q.crowded {
		_, at := w.ready(now)
		w.foretell(at, now)
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.IsZero() {
		q.alarm = time.AfterFunc(next.Sub(now), q.ring)
	}
}

// uncrowd leaves out a window without waiting requests.
func (q *queue) uncrowd(w *window) {
	if w.waiting.first == nil {
		q.crowded = slices.DeleteFunc(q.crowded, func(other *window) bool { return other == w })
	}
}

func (q *queue) ring() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.dispatch()
}

// sent records that the request has been written, or is about to be.
func (t *permit) sent() {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	t.window.wrote(t, time.Now())
	t.queue.dispatch()
}

// learn reads what an answer says about the rate.
func (t *permit) learn(a Response, fail *Error) {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	// The limit of the key, in requests per second; 0 and unlimited mean none. The cloud
	// API sends no such header; the sandbox does, so that nobody waits for it.
	stated := strings.TrimSpace(a.Header.Get("X-RateLimit-Limit"))
	t.window.state(stated, t.queue.given)
	t.queue.unbound[t.window.host] = strings.EqualFold(stated, unlimited)
	if fail != nil && fail.fault == throttled {
		t.window.refused(t, time.Now(), fail.retryAfter)
	}
	t.queue.dispatch()
}

// leave returns a permit, granted or not. A request that was not sent does not count
// against the rate.
func (t *permit) leave() {
	q := t.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	t.left = true
	switch {
	case t.began.IsZero():
		t.window.waiting.remove(t)
		q.uncrowd(t.window)
	case t.written.IsZero():
		t.window.unwritten--
		q.free++
	default:
		q.free++
	}
	q.dispatch()
}
