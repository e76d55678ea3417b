package transport

import (
	"time"

	"authsync/schema"
)

// The shards of a fleet share one rate, and none of them knows what the others do. Each
// goes by its own clock.
//
// A rate of 20 is 20 places. In a place one request starts in each beat. A shard keeps
// as many places as it can have whole. The rest go round: a place belongs to a shard for
// one turn of some beats, then to the next shard. Between the last request of a turn and
// the first of the next is a pause, so that no second has more requests than the rate
// though the clocks of the shards differ. The pause is lost for all of them, so there is
// one in a turn and not one after each request.
const (
	// beat is the time between two requests in one place: a second, and by how much
	// longer one request may be on its way than another.
	beat = time.Second + 30*time.Millisecond
	// beats is how many requests start in one place in a turn.
	beats = 5
	turn  = 5500 * time.Millisecond
	// open is how long requests may start in a turn. The last one may start late.
	open = turn - time.Second - skewMost
	// skewMost is how far two clocks may always be apart. Requests that start on time
	// bear more.
	skewMost = 250 * time.Millisecond
)

// share returns how many requests of a window may start per period now, and from when
// on it may be more; the zero time = not before something is learned.
func (w *window) share(now time.Time) (rate int, more time.Time) {
	if !w.isShared() {
		return w.rate, time.Time{}
	}
	own, rest := w.learned(w.most/w.shard.Of), w.most%w.shard.Of
	if rest == 0 {
		return own, time.Time{}
	}
	number, passed := now.UnixNano()/int64(turn), time.Duration(now.UnixNano()%int64(turn))
	wait := turnsUntil(w.shard, rest, number)
	if wait == 0 && passed < open-time.Duration(beats-w.learned(beats))*beat {
		return own + 1, time.Time{}
	}
	if wait == 0 {
		wait = 1 + turnsUntil(w.shard, rest, number+1)
	}
	return own, now.Add(time.Duration(wait)*turn - passed)
}

// isShared reports whether the shards of a fleet share the rate. One that a shard has
// learned by itself is its own.
func (w *window) isShared() bool { return !w.shard.IsWhole() && w.most > 0 }

// period is how long a request counts.
func (w *window) period() time.Duration {
	if w.isShared() {
		return beat
	}
	return span
}

// learned lowers a part of the rate as the rate has been lowered. It rounds: a small part
// would else lose half of what it is for one refusal.
func (w *window) learned(part int) int {
	return max(min(part, 1), (part*w.rate+w.most/2)/w.most)
}

// turnsUntil returns how many turns after the given one a shard has one of the places
// that go round; 0 = it has one in that turn. In each turn as many shards have one as
// there are places, and in the next turn those that come after them.
func turnsUntil(s schema.Shard, places int, turn int64) int64 {
	of := int64(s.Of)
	behind := (int64(s.Index-1)-turn%of*int64(places))%of + of
	return behind % of / int64(places)
}
