package transport

import (
	"time"

	"authsync/schema"
)

// Stage is the state of a call.
type Stage int

const (
	// Queued calls wait for a free place.
	Queued Stage = iota
	// Limited calls wait for the limiter, or for a pause that a service asked for.
	Limited
	// Pausing calls wait before another attempt.
	Pausing
	// Sending calls are making an attempt.
	Sending
	// Answered calls have finished an attempt, with or without an answer.
	Answered
	// Finished calls have returned.
	Finished
)

// Moment is a change of a call's state, fit for a log.
type Moment struct {
	// Serial numbers the calls of a run.
	Serial int64
	Stage  Stage
	// Object is what the call concerns. Without a name it is all of a kind.
	Object schema.Key
	// Until is the earliest time at which a Limited or Pausing call goes on, as far as
	// it is known now. It is reported again when that changes.
	Until time.Time
	// Exchange has System, Call and Attempt; the rest is set once Answered.
	Exchange
}

// Watched returns the same transport, with the same limits and connections, that
// reports its calls. Watch is called from many goroutines at once, while the limiter's
// mutex is held: it must be quick and make no call itself.
func (t *Transport) Watched(watch func(Moment)) *Transport {
	watched := *t
	watched.watch = watch
	return &watched
}

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

// limited reports the time at which the limiter grants the call.
func (c *call) limited(until time.Time) { c.tellOf(Limited, until) }

// again reports that another attempt follows after a pause.
func (c *call) again(after *Error, pause time.Duration) {
	stage := Pausing
	if after.fault == throttled {
		stage = Limited
	}
	c.tellOf(stage, time.Now().Add(pause))
}
