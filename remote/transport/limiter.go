package transport

import (
	"strconv"
	"strings"
	"time"

	"authsync/schema"
)

// span is the length of the window: a second, and by how much longer one request may
// be on its way than another.
const span = time.Second + 50*time.Millisecond

// recovery is how long a key must go without a refusal for its rate to rise by
// one request per window.
const recovery = 10 * time.Second

// longestHold is the longest pause that a service may ask for. If it asks for more,
// the calls fail.
const longestHold = time.Minute

// window keeps one key under its rate: in any span at most rate requests start. A
// burst of the whole rate starts at once, and the next burst a span later. A token
// bucket of the same rate and burst would allow twice the rate in its first second,
// and the service would refuse half of it.
//
// A request counts from when it was written to its connection, which on a new
// connection is a handshake later than its permit. Until it is written it counts as of
// now.
//
// The rate is learned. A refusal lowers it by a quarter and holds the key back for a
// span; refusals of requests that were sent before that change nothing. The rate
// recovers slowly, up to the known limit.
//
// A shard of a fleet uses its share of the rate; see [window.share].
type window struct {
	host    string
	shard   schema.Shard
	most    int       // most requests per span; 0: no limit
	rate    int       // requests per span now; 0: no limit
	stated  string    // the last limit that the service stated
	held    time.Time // nothing starts before this time
	lowered time.Time // the last refusal that was learned from
	raised  time.Time // the last change of rate

	waiting   line // requests in the order of their arrival
	unwritten int  // number of started requests that are not yet written
	written   line // requests of the last span, in the order in which they were written
}

// grant starts the request that has waited the longest.
func (w *window) grant(now time.Time) {
	t := w.waiting.first
	w.waiting.remove(t)
	w.unwritten++
	t.began = now
	close(t.granted)
}

// wrote records that a started request was written, the last time of several.
func (w *window) wrote(t *permit, now time.Time) {
	switch {
	case t.written.IsZero() && t.left: // what is written late was given up before
		return
	case t.written.IsZero():
		w.unwritten--
		w.written.push(t)
	case t.in == &w.written:
		w.written.remove(t)
		w.written.push(t)
	}
	t.written = now
}

// started is the number of requests that count.
func (w *window) started() int { return w.unwritten + w.written.length }

// ready reports whether a request may start now, and otherwise from when on; the zero
// time if that depends on requests that are not yet written.
func (w *window) ready(now time.Time) (bool, time.Time) {
	w.forget(now)
	w.recover(now)
	if now.Before(w.held) {
		return false, w.held
	}
	rate, more := w.share(now)
	excess := w.started() - rate
	switch {
	case w.rate == 0 || excess < 0:
		return true, time.Time{}
	case rate == 0:
		return false, more
	}
	t := w.written.first
	for ; t != nil && excess > 0; excess-- {
		t = t.after
	}
	if t == nil {
		return false, more
	}
	return false, earlier(t.written.Add(w.period()), more)
}

// earlier returns the earlier of two times; a zero one does not count.
func earlier(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

func (w *window) forget(now time.Time) {
	for t := w.written.first; t != nil && !now.Before(t.written.Add(w.period())); t = w.written.first {
		w.written.remove(t)
	}
}

func (w *window) recover(now time.Time) {
	for w.rate != w.most && now.Sub(w.raised) >= recovery {
		w.rate++
		w.raised = w.raised.Add(recovery)
	}
}

// refused learns from the refusal of a request.
func (w *window) refused(t *permit, now time.Time, wait time.Duration) {
	if wait > longestHold {
		wait = 0
	}
	if held := now.Add(max(span, wait)); held.After(w.held) {
		w.held = held
	}
	if !t.began.After(w.lowered) {
		return
	}
	rate := w.rate
	if rate == 0 {
		rate = w.started()
	}
	w.rate = max(1, rate*3/4)
	w.lowered, w.raised = now, now
}

// unlimited is what a service without a limit states.
const unlimited = "unlimited"

// state takes over a limit that the service states, when it changes. The user's own
// limit still holds.
func (w *window) state(text string, given int) {
	if text == "" || text == w.stated {
		return
	}
	rate, err := strconv.Atoi(text)
	if strings.EqualFold(text, unlimited) {
		rate, err = 0, nil
	}
	if err != nil || rate < 0 {
		return
	}
	w.stated = text
	if given > 0 && (rate == 0 || rate > given) {
		rate = given
	}
	w.most, w.rate = rate, rate
}
