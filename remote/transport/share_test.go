package transport

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"authsync/schema"
)

// fleet simulates the shards of a fleet that send to one service. Its time passes from
// request to request; nobody waits.
type fleet struct {
	rate   int
	random *rand.Rand
	// late is how much later than it may a request starts, and away how long it is on
	// its way, at most.
	late, away time.Duration

	shards  []*sender
	taken   []time.Duration // of the last second, at the service
	sent    int
	refused int
}

// sender is one shard: a limiter, a clock that is wrong by skew, and requests to send.
type sender struct {
	window *window
	skew   time.Duration
	wake   time.Duration // when it looks at its limiter again, by the true clock
	left   int
	idle   time.Duration // between two requests, at most
}

func newFleet(rate, of int, seed uint64) *fleet {
	f := &fleet{rate: rate, random: rand.New(rand.NewPCG(seed, 0))}
	for i := range of {
		f.shards = append(f.shards, &sender{window: &window{shard: schema.Shard{Index: i + 1, Of: of}, most: rate, rate: rate}})
	}
	return f
}

// epoch is when the simulation begins. It is in the middle of a turn.
var epoch = time.Unix(1_800_000_000, 123_456_789)

func (f *fleet) upTo(most time.Duration) time.Duration {
	return time.Duration(f.random.Int64N(int64(most) + 1))
}

// The shards are a heap by when they wake.
func (f *fleet) Len() int           { return len(f.shards) }
func (f *fleet) Less(i, j int) bool { return f.shards[i].wake < f.shards[j].wake }
func (f *fleet) Swap(i, j int)      { f.shards[i], f.shards[j] = f.shards[j], f.shards[i] }
func (f *fleet) Push(any)           {}
func (f *fleet) Pop() any           { return nil }

// run lets the shards send until a time, or until nothing is left, and returns when the
// last one was sent.
func (f *fleet) run(t fataler, until time.Duration) (last time.Duration) {
	heap.Init(f)
	for s := f.shards[0]; s.wake < until; s = f.shards[0] {
		if s.left == 0 {
			s.wake = until
		} else if f.look(t, s) {
			last = s.wake
			s.wake += f.upTo(s.idle)
		}
		heap.Fix(f, 0)
	}
	return last
}

// look lets a shard ask its limiter, and send a request if it may.
func (f *fleet) look(t fataler, s *sender) bool {
	now := epoch.Add(s.wake + s.skew)
	ready, next := s.window.ready(now)
	if !ready {
		if !next.After(now) {
			t.Fatalf("at %v the limiter of %v is not ready, and says that it is at %v", now, s.window.shard, next)
		}
		s.wake = next.Sub(epoch) - s.skew
		return false
	}
	s.wake += f.upTo(f.late)
	written := epoch.Add(s.wake + s.skew)
	p := &permit{window: s.window, began: now}
	s.window.unwritten++
	s.window.wrote(p, written)
	if !f.take(s.wake + f.upTo(f.away)) {
		s.window.refused(p, written, 0)
		return true
	}
	s.left--
	return true
}

// take is the service: it refuses more requests in any second than the rate.
func (f *fleet) take(at time.Duration) bool {
	f.sent++
	for len(f.taken) > 0 && at-f.taken[0] >= time.Second {
		f.taken = f.taken[1:]
	}
	if len(f.taken) >= f.rate {
		f.refused++
		return false
	}
	f.taken = append(f.taken, at)
	return true
}

// Whatever the shards are asked to do, and whatever their clocks say within bounds, the
// service never has more requests in a second than its rate.
func TestShardsKeepTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFleet(rapid.IntRange(1, 50).Draw(t, "rate"), rapid.IntRange(1, 100).Draw(t, "shards"), rapid.Uint64().Draw(t, "seed"))
		f.late, f.away = 25*time.Millisecond, 0
		for _, s := range f.shards {
			s.skew = f.upTo(skewMost) - skewMost/2
			s.left = f.random.IntN(100)
			s.idle = f.upTo(2 * time.Second)
			s.wake = f.upTo(10 * time.Second)
		}
		f.run(t, 5*time.Minute)
		if f.refused > 0 {
			t.Fatalf("%d of %d requests refused", f.refused, f.sent)
		}
	})
}

// Each shard comes to its turn: whatever it has to send is sent in the time that its
// share of the rate needs, and the turn before.
func TestShardsAllComeToTheirTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, of, each := rapid.IntRange(1, 50).Draw(t, "rate"), rapid.IntRange(1, 100).Draw(t, "shards"), rapid.IntRange(1, 20).Draw(t, "requests")
		f := newFleet(rate, of, 0)
		for _, s := range f.shards {
			s.left = each
		}
		round := time.Duration(of+rate-1) / time.Duration(rate) * turn
		last := f.run(t, time.Hour)
		if most := time.Duration((each+beats-1)/beats+1) * (round + turn); last > most {
			t.Fatalf("the last request was sent after %v, more than %v", last, most)
		}
	})
}

// A fleet that has more to send than the rate allows uses nearly all of it.
func TestShardsUseTheRate(t *testing.T) {
	for _, row := range []struct {
		name     string
		skew     time.Duration // in either direction
		used     float64       // at least, of the rate
		throttle float64       // at most, of all requests
	}{
		{"clocks in step", 0, 0.90, 0},
		{"clocks wrong by 200 ms", 200 * time.Millisecond, 0.75, 0.001},
	} {
		for _, of := range []int{1, 2, 3, 7, 8, 19, 20, 21, 32, 64, 100} {
			for seed := range uint64(3) {
				f := newFleet(20, of, seed)
				f.away = 10 * time.Millisecond
				for _, s := range f.shards {
					s.skew = f.upTo(2*row.skew) - row.skew
					s.left = 1_000_000
				}
				const long = 30 * time.Minute
				f.run(t, long)
				used := float64(f.sent-f.refused) / long.Seconds() / 20
				throttled := float64(f.refused) / float64(f.sent)
				if used < row.used || throttled > row.throttle {
					t.Errorf("%s, %d shards: used %.3f of the rate, %.5f throttled", row.name, of, used, throttled)
				}
			}
		}
	}
}

// Shards whose clocks are wrong by more than they bear learn down: the service refuses
// little in the end.
func TestShardsLearnDown(t *testing.T) {
	f := newFleet(20, 64, 1)
	for _, s := range f.shards {
		s.skew, s.left = f.upTo(4*time.Second)-2*time.Second, 1_000_000
	}
	f.run(t, 30*time.Minute)
	if throttled := float64(f.refused) / float64(f.sent); throttled > 0.05 {
		t.Errorf("%.5f throttled", throttled)
	}
}

// The queue keeps to the share: its requests wait for the turns of its shard.
func TestQueueWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var all []time.Duration
		var mu sync.Mutex
		var wait sync.WaitGroup
		for i := range 64 {
			q := newQueue(100, 0, schema.Shard{Index: i + 1, Of: 64})
			wait.Go(func() {
				for _, began := range passMany(q, action, 10, 0) {
					mu.Lock()
					all = append(all, time.Duration(began)*time.Millisecond)
					mu.Unlock()
				}
			})
		}
		wait.Wait()
		if passed := time.Since(start); passed > time.Minute {
			t.Errorf("640 requests took %v", passed)
		}
		service := &fleet{rate: documentedRate}
		slices.Sort(all)
		for _, at := range all {
			service.take(at)
		}
		if service.refused > 0 {
			t.Errorf("%d of %d requests refused", service.refused, service.sent)
		}
	})
}

// A rate that no service and no user has given is learned by each shard for itself.
func TestSharesOfAnUnknownRate(t *testing.T) {
	w := &window{shard: schema.Shard{Index: 2, Of: 3}}
	if ready, _ := w.ready(epoch); !ready {
		t.Error("not ready, though there is no limit")
	}
	first := &permit{window: w, began: epoch}
	w.unwritten = 2
	w.wrote(first, epoch)
	w.wrote(&permit{window: w, began: epoch}, epoch)
	w.refused(first, epoch.Add(time.Second), 0)
	if rate, _ := w.share(epoch); rate != 1 {
		t.Errorf("the rate is %d", rate)
	}
}

// fataler is the part of a test that the simulation needs.
type fataler interface {
	Fatalf(format string, args ...any)
}

// A shard whose part is small keeps most of it after one refusal, and always something.
func TestASmallPartIsLoweredLittle(t *testing.T) {
	for _, row := range []struct{ part, rate, want int }{{2, 20, 2}, {2, 15, 2}, {2, 9, 1}, {2, 1, 1}, {1, 1, 1}, {0, 15, 0}, {5, 15, 4}, {5, 10, 3}, {10, 15, 8}} {
		w := &window{shard: schema.Shard{Index: 1, Of: 2}, most: 20, rate: row.rate}
		if got := w.learned(row.part); got != row.want {
			t.Errorf("of %d requests %d are left at %d of 20, want %d", row.part, got, row.rate, row.want)
		}
	}
}
