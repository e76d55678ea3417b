package transport

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// stages names the stages for these tests.
var stages = map[Stage]string{Queued: "queued", Limited: "limited", Pausing: "pausing", Sending: "sending", Answered: "answered", Finished: "finished"}

// A call is told of from its queue to its end, and so is why it waits.
func TestWatch(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int // of the first answer
		want   []string
	}{
		{"at once", 200, []string{"queued 1", "sending 1", "answered 1 200", "finished 1 200"}},
		{"a service that is down for a moment", 503, []string{"queued 1", "sending 1", "answered 1 503", "pausing 1 503", "queued 2", "sending 2", "answered 2 200", "finished 2 200"}},
		{"a refusal for its rate", 429, []string{"queued 1", "sending 1", "answered 1 429", "limited 1 429", "queued 2", "limited 2", "sending 2", "answered 2 200", "finished 2 200"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				transport, _ := serveInBubble(t, Options{}, func(n int, w http.ResponseWriter, _ *http.Request) {
					if n == 1 {
						w.WriteHeader(row.status)
					}
				})
				transport.backoff.base = time.Millisecond // the limiter's hold is longer
				var got []string
				watched := transport.Watched(func(m Moment) {
					text := fmt.Sprintf("%s %d", stages[m.Stage], m.Attempt)
					if m.Status > 0 {
						text += fmt.Sprintf(" %d", m.Status)
					}
					if waits := m.Stage == Limited || m.Stage == Pausing; waits == m.Until.IsZero() {
						t.Errorf("%s until %v", text, m.Until)
					}
					got = append(got, text)
				})
				if _, err := watched.Do(t.Context(), Request{System: "s", Call: "C", Method: "POST", URL: "http://host", Class: Read, Limit: Limit{Action: "C", Rate: documentedRate}}); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(row.want, got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
		})
	}
}

// Calls that wait for the limiter are told when they will go, and go then.
func TestLimiterForetells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		transport, _ := serveInBubble(t, Options{Concurrency: 100}, func(int, http.ResponseWriter, *http.Request) {})
		start := time.Now()
		var mu sync.Mutex
		foretold, went := map[int64]time.Duration{}, map[int64]time.Duration{}
		watched := transport.Watched(func(m Moment) {
			mu.Lock()
			defer mu.Unlock()
			switch m.Stage {
			case Limited:
				foretold[m.Serial] = m.Until.Sub(start)
			case Sending:
				went[m.Serial] = time.Since(start)
			}
		})
		var group errgroup.Group
		for range 3*documentedRate - 5 {
			group.Go(func() error {
				_, err := watched.Do(t.Context(), Request{Method: "POST", URL: "http://host", Limit: Limit{Action: "A", Rate: documentedRate}})
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		var waits []time.Duration
		for serial, at := range foretold {
			if went[serial] != at {
				t.Errorf("call %d was to go at %v, went at %v", serial, at, went[serial])
			}
			waits = append(waits, at)
		}
		slices.Sort(waits)
		want := append(slices.Repeat([]time.Duration{span}, documentedRate), slices.Repeat([]time.Duration{2 * span}, documentedRate-5)...)
		if diff := cmp.Diff(want, waits); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
