package transport

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"authsync/schema"
)

// documentedRate is what the service of these tests says that it takes.
const documentedRate = 20

var action = queueKey{"host", Limit{"account", "region", "action", documentedRate}}

// nobody is told how long a permit waits.
func nobody(time.Time) {}

// pass makes one request that is written at once and takes so long.
func pass(q *queue, key queueKey, takes time.Duration) (began time.Time) {
	t, err := q.enter(context.Background(), key, nobody)
	if err != nil {
		panic(err)
	}
	t.sent()
	time.Sleep(takes)
	t.leave()
	return t.began
}

// passMany makes requests all at once and returns when each began, in order, in
// milliseconds from now.
func passMany(q *queue, key queueKey, count int, takes time.Duration) []int64 {
	start := time.Now()
	began := make([]int64, count)
	var group errgroup.Group
	for i := range count {
		group.Go(func() error {
			began[i] = pass(q, key, takes).Sub(start).Milliseconds()
			return nil
		})
	}
	group.Wait()
	slices.Sort(began)
	return began
}

// times says what passMany should return: so many at each time.
func times(countAt ...int64) (all []int64) {
	for i := 0; i < len(countAt); i += 2 {
		all = append(all, slices.Repeat([]int64{countAt[i+1]}, int(countAt[i]))...)
	}
	return all
}

func TestGate(t *testing.T) {
	for _, row := range []struct {
		name              string
		concurrency, rate int
		key               queueKey
		requests          int
		takes             time.Duration
		want              []int64
	}{
		{"a burst of the documented rate at once, the next a window later", 100, 0, action, 50, 20 * time.Millisecond,
			times(20, 0, 20, 1050, 10, 2100)},
		{"the user's rate", 100, 3, action, 7, 0, times(3, 0, 3, 1050, 1, 2100)},
		{"the user's rate where none is documented", 100, 2, queueKey{host: "host"}, 3, 0, times(2, 0, 1, 1050)},
		{"no rate where none is documented", 100, 0, queueKey{host: "host"}, 90, 0, times(90, 0)},
		{"no more in flight than allowed", 2, 0, action, 5, 100 * time.Millisecond, times(2, 0, 2, 100, 1, 200)},
		{"slower than its rate", 5, 0, action, 25, 600 * time.Millisecond,
			times(5, 0, 5, 600, 5, 1200, 5, 1800, 5, 2400)},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := passMany(newQueue(row.concurrency, row.rate, schema.Shard{}), row.key, row.requests, row.takes)
				if diff := cmp.Diff(row.want, got); diff != "" {
					t.Errorf("begun, in ms (-want +got)\n%s", diff)
				}
			})
		})
	}
}

// However requests come, no window of a second holds more than the rate.
func TestGateHoldsInEveryWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(7, 0, schema.Shard{})
		var began []time.Time
		var group errgroup.Group
		results := make(chan time.Time, 300)
		for i := range 300 {
			time.Sleep(time.Duration(i*7919%13) * time.Millisecond)
			group.Go(func() error {
				results <- pass(q, action, time.Duration(i*104729%97)*time.Millisecond)
				return nil
			})
		}
		group.Wait()
		close(results)
		for b := range results {
			began = append(began, b)
		}
		slices.SortFunc(began, time.Time.Compare)
		for i := documentedRate; i < len(began); i++ {
			if apart := began[i].Sub(began[i-documentedRate]); apart <= time.Second {
				t.Fatalf("requests %d and %d are %v apart", i-documentedRate, i, apart)
			}
		}
	})
}

// A connection that takes long to be made delays when a request counts.
func TestGateCountsFromWriting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, 1, schema.Shard{})
		start := time.Now()
		first, err := q.enter(t.Context(), action, nobody)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			time.Sleep(3 * time.Second) // the handshake
			first.sent()
			first.leave()
		}()
		if got := pass(q, action, 0).Sub(start); got != 3*time.Second+span {
			t.Errorf("the second began after %v", got)
		}
	})
}

func TestGateForgetsWhatWasNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, 1, schema.Shard{})
		start := time.Now()
		first, err := q.enter(t.Context(), action, nobody)
		if err != nil {
			t.Fatal(err)
		}
		first.leave()
		if got := pass(q, action, 0).Sub(start); got != 0 {
			t.Errorf("the second began after %v", got)
		}
	})
}

func TestGateLetsOtherKeysPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 1, schema.Shard{})
		start := time.Now()
		pass(q, action, 0)
		go pass(q, action, 0) // waits
		synctest.Wait()
		for _, other := range []queueKey{{"host", Limit{Action: "other", Rate: documentedRate}}, {"elsewhere", action.limit}} {
			if got := pass(q, other, 0).Sub(start); got != 0 {
				t.Errorf("%v began after %v", other, got)
			}
		}
		time.Sleep(2 * time.Second)
	})
}

func TestGateCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 0, schema.Shard{})
		holder, err := q.enter(t.Context(), action, nobody)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := q.enter(ctx, action, nobody)
			left <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		holder.leave()
		pass(q, action, 0) // the place is free again
		if len(q.crowded) != 0 || q.free != 1 {
			t.Errorf("%d keys are waited for and %d places are free", len(q.crowded), q.free)
		}
	})
}

func refuse(t *permit, wait time.Duration) {
	t.learn(Response{Header: http.Header{}}, &Error{fault: throttled, retryAfter: wait})
}

func TestGateLearnsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(100, 0, schema.Shard{})
		var permits []*permit
		for range 20 {
			permit, err := q.enter(t.Context(), action, nobody)
			if err != nil {
				t.Fatal(err)
			}
			permit.sent()
			permits = append(permits, permit)
		}
		time.Sleep(10 * time.Millisecond)
		for i, permit := range permits {
			if i >= 15 {
				refuse(permit, 0) // five refusals of one burst are one lesson
			}
			permit.leave()
		}
		if diff := cmp.Diff(times(15, 1050, 5, 2100), passMany(q, action, 20, 0)); diff != "" {
			t.Errorf("begun, in ms (-want +got)\n%s", diff)
		}
		time.Sleep(2 * recovery)
		if diff := cmp.Diff(times(17, 0, 3, 1050), passMany(q, action, 20, 0)); diff != "" {
			t.Errorf("after some time (-want +got)\n%s", diff)
		}
		time.Sleep(time.Hour)
		if diff := cmp.Diff(times(20, 0, 1, 1050), passMany(q, action, 21, 0)); diff != "" {
			t.Errorf("after a long time (-want +got)\n%s", diff)
		}
	})
}

func TestGateLearnsWhereNothingIsDocumented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(100, 0, schema.Shard{})
		key := queueKey{host: "host"}
		var permits []*permit
		for range 8 {
			permit, err := q.enter(t.Context(), key, nobody)
			if err != nil {
				t.Fatal(err)
			}
			permit.sent()
			permits = append(permits, permit)
		}
		refuse(permits[7], 5*time.Second)
		if diff := cmp.Diff(times(6, 5000, 1, 6050), passMany(q, key, 7, 0)); diff != "" {
			t.Errorf("begun, in ms (-want +got)\n%s", diff)
		}
	})
}

// A service that wants an hour's pause fails the call and stops nobody else.
func TestGateDoesNotWaitForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 0, schema.Shard{})
		permit, err := q.enter(t.Context(), action, nobody)
		if err != nil {
			t.Fatal(err)
		}
		refuse(permit, time.Hour)
		permit.leave()
		if diff := cmp.Diff(times(1, 1050), passMany(q, action, 1, 0)); diff != "" {
			t.Errorf("begun, in ms (-want +got)\n%s", diff)
		}
	})
}

func TestGateBelievesTheService(t *testing.T) {
	for _, row := range []struct {
		name   string
		given  int
		stated string
		want   []int64
	}{
		{"no limit", 0, "0", times(25, 0)},
		{"no limit, in a word", 0, "unlimited", times(25, 0)},
		{"a higher one", 0, "24", times(24, 0, 1, 1050)},
		{"a lower one", 0, "10", times(10, 0, 10, 1050, 5, 2100)},
		{"no limit, but the user gives one", 15, "0", times(15, 0, 10, 1050)},
		{"a higher one than the user's", 15, "24", times(15, 0, 10, 1050)},
		{"a lower one than the user's", 15, "10", times(10, 0, 10, 1050, 5, 2100)},
		{"nonsense", 0, "many", times(20, 0, 5, 1050)},
		{"below zero", 0, "-1", times(20, 0, 5, 1050)},
		{"nothing", 0, "", times(20, 0, 5, 1050)},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := newQueue(100, row.given, schema.Shard{})
				first, err := q.enter(t.Context(), action, nobody)
				if err != nil {
					t.Fatal(err)
				}
				h := http.Header{}
				h.Set("X-RateLimit-Limit", row.stated)
				first.learn(Response{Header: h}, nil)
				first.leave()
				if diff := cmp.Diff(row.want, passMany(q, action, 25, 0)); diff != "" {
					t.Errorf("begun, in ms (-want +got)\n%s", diff)
				}
			})
		})
	}
}

// What was learned is not forgotten because the service repeats itself.
func TestGateLearnsInSpiteOfTheStatedLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(100, 0, schema.Shard{})
		h := http.Header{}
		h.Set("X-RateLimit-Limit", "8")
		for _, fail := range []*Error{nil, {fault: throttled}, nil} {
			permit, err := q.enter(t.Context(), action, nobody)
			if err != nil {
				t.Fatal(err)
			}
			permit.learn(Response{Header: h}, fail)
			permit.leave()
		}
		if got := q.windows[action].rate; got != 6 {
			t.Errorf("the rate is %d", got)
		}
	})
}

// What a call costs does not depend on how many wait.
func TestGateDoesNotCopyWhatWaits(t *testing.T) {
	bytesOfEach := func(waiting int) uint64 {
		q := newQueue(1, 0, schema.Shard{})
		holder, err := q.enter(t.Context(), queueKey{host: "host"}, nobody)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var before, after runtime.MemStats
		var group errgroup.Group
		runtime.ReadMemStats(&before)
		for range waiting {
			group.Go(func() error {
				permit, err := q.enter(ctx, queueKey{host: "host"}, nobody)
				if err == nil {
					permit.sent()
					permit.leave()
				}
				return nil
			})
		}
		for {
			q.mu.Lock()
			arrived := q.arrived
			q.mu.Unlock()
			if arrived > waiting {
				break
			}
			runtime.Gosched()
		}
		holder.leave()
		group.Wait()
		cancel()
		runtime.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / uint64(waiting)
	}
	bytesOfEach(100) // what is made once
	if few, many := bytesOfEach(500), bytesOfEach(8000); many > 3*few {
		t.Errorf("a call allocates %d bytes where 500 wait, and %d where 8000 do", few, many)
	}
}

// Those that give up step out of the middle, and the others go in their order.
func TestGateKeepsTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(1, 0, schema.Shard{})
		holder, err := q.enter(t.Context(), action, nobody)
		if err != nil {
			t.Fatal(err)
		}
		keys := []queueKey{action, {host: "other"}, {host: "third"}}
		var went []int
		var want []int
		ctx, cancel := context.WithCancel(t.Context())
		for i := range 15 {
			from := t.Context()
			if i%4 == 1 {
				from = ctx
			} else {
				want = append(want, i)
			}
			go func() {
				if permit, err := q.enter(from, keys[i%3], nobody); err == nil {
					went = append(went, i)
					permit.sent()
					permit.leave()
				}
			}()
			synctest.Wait()
		}
		cancel()
		synctest.Wait()
		holder.leave()
		synctest.Wait()
		if diff := cmp.Diff(want, went); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// A request that is written only after it was given up does not count.
func TestGateIsWrittenLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue(10, 1, schema.Shard{})
		for range 3 {
			permit, err := q.enter(t.Context(), action, nobody)
			if err != nil {
				t.Fatal(err)
			}
			permit.leave()
			permit.sent()
		}
		if n := q.windows[action].started(); n != 0 {
			t.Errorf("%d count", n)
		}
	})
}
