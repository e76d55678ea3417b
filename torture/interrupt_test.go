package torture

import (
	"strings"
	"testing"
)

// Asked once to stop, a run ends the call in flight, notes what it did, skips
// the rest, says so, and a plain run does that rest. (That the same holds at
// every request, and when asked twice, is the matrix's.)
func TestAnInterruptSkipsTheRest(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			u := undisturb(t, s)
			w, err := s.begin(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			allowed, err := w.allowed()
			if err != nil {
				t.Fatal(err)
			}
			w.tap.arm(1, true, interrupt)
			o, err := w.run(applying(append(allowed, "--concurrency", "1")...)...)
			if err != nil {
				t.Fatal(err)
			}
			asked, err := w.asked()
			if err != nil {
				t.Fatal(err)
			}
			served := 0
			for _, r := range asked {
				if r.served() {
					served++
				}
			}
			if all := written(u.requests); served == 0 || served > all/2 {
				t.Errorf("%d of %d writes were done", served, all)
			}
			if o.code != 4 || !strings.Contains(o.err, "skipped") || !strings.Contains(o.err, "run the same command again") {
				t.Errorf("%v", o)
			}
			if lock, err := w.readLock(); err != nil || len(lock.Objects) == 0 {
				t.Errorf("the lock does not know what was done: %v", err)
			}
			w.tap.disarm()
			if o, err := w.consent(applying(allowed...)...); err != nil || o.code != 0 {
				t.Fatalf("%v%v", o, err)
			}
			var r result
			if err := r.settled(w, u); err != nil {
				t.Fatal(err)
			}
			for _, p := range r.problems {
				t.Error(p)
			}
		})
	}
}
