package torture

import (
	"fmt"
	"math/rand/v2"
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
			all = append(all, strikeEach(t, cases, u)...)
		})
	}
	if effort() == full {
		stillOpen(t, all)
	}
}

// strikeEach runs cases and tells what they came to.
func strikeEach(t *testing.T, cases [][]strike, u undisturbed) []result {
	t.Helper()
	began := time.Now()
	results := strikeAll(t.TempDir(), cases, u)
	for _, r := range results {
		for _, p := range r.problems {
			t.Errorf("%s (%s): %s", r.name(), strings.Join(r.struck, ", "), p)
		}
	}
	t.Logf("%d requests, %d of them writes; %s\n%s", len(u.requests), written(u.requests), effortName(), table(results, time.Since(began)))
	return results
}

// pairs are how many pairs of faults there are in a sample of a scenario's, and in
// the whole: all of them are too many.
var pairs = map[string]int{"": 50, full: 2500}

// Two faults, the second in the same run or in one after it.
func TestPairs(t *testing.T) {
	count, asked := pairs[effort()]
	if !asked {
		t.Skip("one case is asked for")
	}
	for i, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			u := undisturb(t, s)
			strikeEach(t, drawn(dice(i), len(u.requests), count), u)
		})
	}
}

// dice are the same each time for a sample. A case is told by its name.
func dice(i int) *rand.Rand {
	if effort() == full {
		return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	return rand.New(rand.NewPCG(7, uint64(i)))
}

// drawn draws pairs of faults for a run with so many requests.
func drawn(dice *rand.Rand, requests, count int) [][]strike {
	var cases [][]strike
	for range count {
		first, second := faults[dice.IntN(len(faults))], faults[dice.IntN(len(faults))]
		cases = append(cases, []strike{{first, 1 + dice.IntN(requests)}, {second, 1 + dice.IntN(requests/2)}})
	}
	return cases
}

// sample draws so many of a list.
func sample[T any](all []T, count int) []T {
	dice := dice(len(all))
	dice.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(count, len(all))]
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
const every = 61

// chosen are the cases to be run.
func chosen(s scenario, requests int) ([][]strike, error) {
	var all [][]strike
	for nth := 1; nth <= requests; nth++ {
		for _, f := range faults {
			all = append(all, []strike{{f, nth}})
		}
	}
	if effort() == full {
		return all, nil
	}
	if effort() != "" {
		return one(s)
	}
	var sample [][]strike
	for i := 0; i < len(all); i += every {
		sample = append(sample, all[i])
	}
	return sample, nil
}

// one is the case that the effort names, if it is one of the scenario.
func one(s scenario) ([][]strike, error) {
	words := strings.Split(effort(), "/")
	if len(words)%2 == 0 {
		return nil, fmt.Errorf("AUTHSYNC_TORTURE=%s: %w", effort(), errNoCase)
	}
	var strikes []strike
	for pair := range slices.Chunk(words[1:], 2) {
		nth, err := strconv.Atoi(pair[1])
		i := slices.IndexFunc(faults, func(f fault) bool { return f.name == pair[0] })
		if err != nil || i < 0 {
			return nil, fmt.Errorf("AUTHSYNC_TORTURE=%s: %w", effort(), errNoCase)
		}
		strikes = append(strikes, strike{faults[i], nth})
	}
	if words[0] != s.name {
		return nil, nil
	}
	return [][]strike{strikes}, nil
}

// strikeAll runs cases, several at once.
func strikeAll(dir string, cases [][]strike, u undisturbed) []result {
	results := make([]result, len(cases))
	next := make(chan int)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			for i := range next {
				results[i] = strikeAt(filepath.Join(dir, strconv.Itoa(i)), cases[i], u)
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
			if r.wrote() {
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
	for _, f := range faults {
		var seconds float64
		first := func(r result) bool { return r.strikes[0].name == f.name }
		for _, r := range results {
			if first(r) {
				seconds += r.took.Seconds()
			}
		}
		sum(f.name, first, seconds)
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
