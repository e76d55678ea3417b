package transport

import (
	"time"

	"authsync/schema"
)

// Stage is how far a call has come.
type Stage int

const (
	// Queued calls wait for a free place.
	Queued Stage = iota
	// Limited calls wait for the limiter, or as long as a service asked them to.
	Limited
	// Pausing calls wait before another attempt.
	Pausing
	// Sending calls have an attempt on its way.
	Sending
	// Answered calls have an attempt behind them, with an answer or without.
	Answered
	// Finished calls are over.
	Finished
)

// Moment is a change in how a call goes, in words that are fit for a log.
type Moment struct {
	// Serial tells the calls of a run apart.
	Serial int64
	Stage  Stage
	// Object is what the call is about. Without a name it is all of a kind.
	Object schema.Key
	// Until is when a Limited or Pausing call goes on at the earliest, as far as
	// is known now. It may be told of again when that changes.
	Until time.Time
	// Exchange holds System, Call and Attempt; the rest is known once Answered.
	Exchange
}

// Watched returns the same transport, with the same limits and connections,
// whose calls are told of. Watch is called from many goroutines at once and
// while the limiter is held: it must be quick and make no call itself.
func (t *Transport) Watched(watch func(Moment)) *Transport {
	watched := *t
	watched.watch = watch
	return &watched
}

// call is one call on its way.
type call struct {
	watch func(Moment)
	now   Moment
}

func (c *call) tell(s Stage) { c.tellOf(s, time.Time{}) }

func (c *call) tellOf(s Stage, until time.Time) {
	m := c.now
	m.Stage, m.Until = s, until
	c.watch(m)
}

// limited tells that the limiter lets the call go at a time.
func (c *call) limited(until time.Time) { c.tellOf(Limited, until) }

// again tells that there is another attempt after a pause.
func (c *call) again(after *Error, pause time.Duration) {
	stage := Pausing
	if after.fault == throttled {
		stage = Limited
	}
	c.tellOf(stage, time.Now().Add(pause))
}
