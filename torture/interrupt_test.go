package torture

import (
	"path/filepath"
	"regexp"
	"slices"
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
			w.tap.arm(true, blow{1, interrupt})
			o, err := w.run(applying(append(slices.Clone(u.allowed), "--concurrency", "1")...)...)
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
			if o.code != 4 || !strings.Contains(o.err, "skipped") || !strings.Contains(o.err, "go on from what is live with: authsync apply") {
				t.Errorf("%v", o)
			}
			if lock, err := w.readLock(); err != nil || len(lock.Objects) == 0 {
				t.Errorf("the lock does not know what was done: %v", err)
			}
			w.tap.disarm()
			if o, err := w.run(next(o.err)...); err != nil || o.code != 0 {
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

// Asked twice, a run ends in the middle of its calls, of which several may be
// under way. It says that nobody knows what they did, its journal says the same,
// and the next run finds out.
func TestInsistingStopsAtOnce(t *testing.T) {
	s := scenarios[0]
	u := undisturb(t, s)
	w, err := s.begin(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.tap.arm(true, blow{1, insist})
	o, err := w.run(applying(append(slices.Clone(u.allowed), "--concurrency", "1")...)...)
	if err != nil {
		t.Fatal(err)
	}
	w.tap.disarm()
	if o.code != 4 || !strings.Contains(o.err, "stopped at once: what the calls under way did is not known; run again") {
		t.Errorf("%v", o)
	}
	journals, err := filepath.Glob(filepath.Join(w.dir, ".authsync", "*.jsonl"))
	if err != nil || len(journals) != 1 {
		t.Fatalf("%d journals, %v", len(journals), err)
	}
	files, err := w.files()
	if err != nil {
		t.Fatal(err)
	}
	text := files[strings.TrimPrefix(journals[0], w.dir)]
	pending := 0 // begun and not ended; between the two signals, steps end that have not begun
	for _, begun := range regexp.MustCompile(`(?m)^\{"begin":(\d+),`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(text, `{"end":`+begun[1]+`,`) {
			pending++
		}
	}
	if pending < 1 || strings.Contains(text, "finished") {
		t.Errorf("the journal is not that of a run with calls open:\n%s", text)
	}
	o, err = w.consent(applying(u.allowed...)...)
	if err != nil || o.code != 0 || strings.Count(o.err, "ended in the middle of step ") != pending || strings.Count(o.out, " of the run of ") != pending {
		t.Fatalf("%v%s%v", o, o.out, err)
	}
	var r result
	if err := r.settled(w, u); err != nil {
		t.Fatal(err)
	}
	for _, p := range r.problems {
		t.Error(p)
	}
}
