package torture

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// At every request of an apply, every fault: a plain run after it leads to
// where an undisturbed one does.
func TestMatrix(t *testing.T) {
	var all []result
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			u := undisturb(t, s)
			cases, err := chosen(s, len(u.requests))
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			results := strikeAll(t.TempDir(), cases, u)
			all = append(all, results...)
			for _, r := range results {
				for _, p := range r.problems {
					t.Errorf("%s (%s): %s", r.name(), r.struck, p)
				}
			}
			t.Logf("%d requests, %d of them writes; %s\n%s", len(u.requests), written(u.requests), effortName(), table(results, time.Since(began)))
		})
	}
	if effort() == full {
		stillOpen(t, all)
	}
}

func written(all []request) int {
	n := 0
	for _, r := range all {
		if r.Write {
			n++
		}
	}
	return n
}

func effortName() string {
	if effort() == "" {
		return "a sample"
	}
	return effort()
}

// every is how many cases of a sample there is one of. It shares no factor with
// the number of faults: all of them have their turn.
const every = 31

// chosen are the cases to be run, as a fault and the number of a request.
func chosen(s scenario, requests int) ([][2]int, error) {
	var all [][2]int
	for nth := 1; nth <= requests; nth++ {
		for fault := range faults {
			all = append(all, [2]int{fault, nth})
		}
	}
	if effort() == full {
		return all, nil
	}
	if effort() != "" {
		return one(s)
	}
	var sample [][2]int
	for i := 0; i < len(all); i += every {
		sample = append(sample, all[i])
	}
	return sample, nil
}

// one is the case that the effort names, if it is one of the scenario.
func one(s scenario) ([][2]int, error) {
	words := strings.Split(effort(), "/")
	if len(words) != 3 {
		return nil, fmt.Errorf("AUTHSYNC_TORTURE=%s: %w", effort(), errNoCase)
	}
	nth, err := strconv.Atoi(words[2])
	fault := slices.IndexFunc(faults, func(f fault) bool { return f.name == words[1] })
	switch {
	case err != nil || fault < 0:
		return nil, fmt.Errorf("AUTHSYNC_TORTURE=%s: %w", effort(), errNoCase)
	case words[0] != s.name:
		return nil, nil
	}
	return [][2]int{{fault, nth}}, nil
}

// strikeAll runs cases, several at once.
func strikeAll(dir string, cases [][2]int, u undisturbed) []result {
	results := make([]result, len(cases))
	next := make(chan int)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := range next {
				results[i] = strike(filepath.Join(dir, strconv.Itoa(i)), cases[i][0], cases[i][1], u)
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wait.Wait()
	return results
}

// table sums results up, a line a fault.
func table(results []result, took time.Duration) string {
	var b strings.Builder
	line := func(cells ...any) {
		fmt.Fprintf(&b, "| %-11v | %5v | %6v | %4v | %4v | %4v | %6v | %5v | %7v | %8v | %4v | %8v |\n", cells...)
	}
	line("fault", "cases", "writes", "0", "1", "4", "killed", "again", "rotated", "seconds", "open", "failures")
	line("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:")
	sum := func(name string, chosen func(result) bool, seconds float64) {
		n := struct{ cases, writes, again, rotated, known, failures int }{}
		codes := map[int]int{}
		for _, r := range results {
			if !chosen(r) {
				continue
			}
			n.cases++
			codes[r.code]++
			n.again += r.runs
			if r.wrote {
				n.writes++
			}
			if r.rotated {
				n.rotated++
			}
			if len(r.known) > 0 {
				n.known++
			}
			if len(r.problems) > 0 {
				n.failures++
			}
		}
		line(name, n.cases, n.writes, codes[0], codes[1], codes[4], codes[killed], n.again, n.rotated, fmt.Sprintf("%.1f", seconds), n.known, n.failures)
	}
	for i, f := range faults {
		var seconds float64
		for _, r := range results {
			if r.fault == i {
				seconds += r.took.Seconds()
			}
		}
		sum(f.name, func(r result) bool { return r.fault == i }, seconds)
	}
	sum("all", func(result) bool { return true }, took.Seconds())
	missing, left, window, other := 0, 0, 0, 0
	for _, r := range results {
		left += r.left
		if r.other {
			other++
		}
		if r.window {
			window++
		}
		if r.missing > 0 {
			missing++
		}
	}
	fmt.Fprintf(&b, "the lock lacks something that an undisturbed run has in it: %d cases; hidden files left by writes that were cut off: %d\n"+
		"edits of somebody else that are lost, made at the very moment of a write: %d\n"+
		"runs after a fault that wanted another number of deletions to be allowed: %d\n", missing, left, window, other)
	return b.String()
}

func mustURL(path string) *url.URL { return &url.URL{Path: path} }
