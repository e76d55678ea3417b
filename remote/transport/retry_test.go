package transport

import (
	"net/http"
	"testing"
	"time"
)

func TestWritesAreRepeatedOnlyIfNothingWasDone(t *testing.T) {
	for f, row := range faults {
		if row.writes > 1 && row.effect != NotDone {
			t.Errorf("fault %d allows %d attempts at a write that ends as %v", f, row.writes, row.effect)
		}
		if row.writes > row.reads {
			t.Errorf("fault %d allows more attempts at a write than at a read", f)
		}
	}
}

func TestTally(t *testing.T) {
	noWait := backoff{budget: time.Minute}
	for _, row := range []struct {
		name  string
		class Class
		fails []Error
		again bool // after the last of them
	}{
		{"a read that breaks", Read, []Error{{fault: cutOff}}, true},
		{"a write that breaks", Write, []Error{{fault: cutOff}}, false},
		{"a read that fails the fourth time", Read, repeat(cutOff, 4), true},
		{"a read that fails the fifth time", Read, repeat(cutOff, 5), false},
		{"a second timeout", Read, repeat(timedOut, 2), true},
		{"a third timeout", Read, repeat(timedOut, 3), false},
		{"a write that is throttled the ninth time", Write, repeat(throttled, 9), true},
		{"a write that is throttled the tenth time", Write, repeat(throttled, 10), false},
		{"a write that is throttled and then broken", Write, append(repeat(throttled, 1), Error{fault: cutOff}), false},
		{"a read that is throttled and then broken", Read, append(repeat(throttled, 9), Error{fault: cutOff}), true},
		{"a write without a connection", Write, repeat(unsent, 4), true},
		{"a write without a trusted connection", Write, repeat(distrusted, 1), false},
		{"refused", Read, repeat(refused, 1), false},
		{"told to go elsewhere", Read, repeat(misled, 1), false},
		{"given up", Read, repeat(abandoned, 1), false},
		{"no fault that anybody knows", Read, []Error{{}}, false},
		{"a wait within the budget", Write, []Error{{fault: throttled, retryAfter: time.Minute}}, true},
		{"a wait beyond the budget", Write, []Error{{fault: throttled, retryAfter: time.Minute + 1}}, false},
		{"two waits beyond the budget", Write, []Error{
			{fault: throttled, retryAfter: 40 * time.Second}, {fault: throttled, retryAfter: 40 * time.Second},
		}, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			var c tally
			var again bool
			for i := range row.fails {
				var delay time.Duration
				delay, again = c.next(&row.fails[i], row.class, noWait)
				if again && delay != row.fails[i].retryAfter {
					t.Errorf("the service asks for %v and gets %v", row.fails[i].retryAfter, delay)
				}
			}
			if again != row.again {
				t.Errorf("another attempt: %v, want %v", again, row.again)
			}
		})
	}
}

func repeat(f fault, n int) []Error {
	fails := make([]Error, n)
	for i := range fails {
		fails[i].fault = f
	}
	return fails
}

func TestJitter(t *testing.T) {
	b := backoff{base: 100 * time.Millisecond, most: time.Second}
	for failures, most := range map[int]time.Duration{
		1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 4: 800 * time.Millisecond, 5: time.Second, 60: time.Second, 1000: time.Second,
	} {
		var longest time.Duration
		for range 1000 {
			d := b.jitter(failures)
			if d < 0 || d >= most {
				t.Fatalf("after %d failures a wait of %v", failures, d)
			}
			longest = max(longest, d)
		}
		if longest < most/2 {
			t.Errorf("after %d failures never more than %v", failures, longest)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                              0,
		"7":                             7 * time.Second,
		"0":                             0,
		"-7":                            0,
		"soon":                          0,
		"99999999999":                   (1 << 31) * time.Second,
		"Thu, 05 Mar 2026 12:00:30 GMT": 30 * time.Second,
		"Thu, 05 Mar 2026 11:00:00 GMT": 0,
	} {
		h := http.Header{}
		h.Set("Retry-After", text)
		if got := retryAfter(h, now); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}
