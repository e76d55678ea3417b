package transport

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// queue decides which request goes next. It applies both limits of a run, the requests
// in flight and the rate of each action, because both must be granted together: a
// request that had a permit of one and then waited for the other would not start when
// the limiter counts it.
//
// Requests go in the order of their arrival, but a request whose key must wait lets
// those of other keys pass.
type queue struct {
	given int // the user's own limit for every key; 0: none

	mu      sync.Mutex
	free    int             // how many more may be in flight
	unbound map[string]bool // hosts that stated no limit for a key
	windows map[queueKey]*window
	waiting []*permit
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
	granted chan struct{} // closed when it is granted
	began   time.Time     // when it was granted
	written time.Time     // when the request was last written; zero before

	held  func(time.Time) // is called with the time at which the limiter grants it
	until time.Time       // the last time that it was called with
}

func newQueue(concurrency, given int) *queue {
	return &queue{given: given, free: concurrency, windows: map[queueKey]*window{}, unbound: map[string]bool{}}
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
	t.window = q.window(key)
	q.waiting = append(q.waiting, t)
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
		w = &window{host: key.host, most: rate, rate: rate}
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
	if q.free == 0 || len(q.waiting) == 0 {
		return // leave and enter dispatch again
	}
	now := time.Now()
	var (
		next    time.Time // when the first full window is ready again
		full    = map[*window]*backlog{}
		waiting []*permit
	)
	for i, t := range q.waiting {
		if q.free == 0 {
			q.waiting = append(waiting, q.waiting[i:]...)
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
		q.free--
		t.began = now
		t.window.starts = append(t.window.starts, t)
		close(t.granted)
	}
	q.waiting = waiting
	if !next.IsZero() {
		q.alarm = time.AfterFunc(next.Sub(now), q.ring)
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
	t.written = time.Now()
	t.queue.dispatch()
}

// learn reads what an answer says about the rate.
func (t *permit) learn(a Response, fail *Error) {
	t.queue.mu.Lock()
	defer t.queue.mu.Unlock()
	stated := statedLimit(a.Header)
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
	if t.began.IsZero() {
		q.waiting = slices.DeleteFunc(q.waiting, func(w *permit) bool { return w == t })
	} else {
		q.free++
	}
	if t.written.IsZero() {
		t.window.starts = slices.DeleteFunc(t.window.starts, func(s *permit) bool { return s == t })
	}
	q.dispatch()
}
