package torture

import (
	"regexp"
	"testing"
)

// open are defects that the matrix has found and that still stand. They are
// counted apart, and described in docs/reliability.md. One that no longer shows
// in a full run is taken out of here.
var open = []*regexp.Regexp{}

// parted parts problems into those that are new and those that are open, by
// the place of each in the list.
func parted(problems []string) (fresh []string, known map[int]int) {
	known = map[int]int{}
	for _, p := range problems {
		found := false
		for i, pattern := range open {
			if pattern.MatchString(p) {
				known[i]++
				found = true
			}
		}
		if !found {
			fresh = append(fresh, p)
		}
	}
	return fresh, known
}

// stillOpen fails for a defect that no case of a full run has shown.
func stillOpen(t *testing.T, results []result) {
	seen := map[int]int{}
	for _, r := range results {
		for i, n := range r.known {
			seen[i] += n
		}
	}
	for i, pattern := range open {
		if seen[i] == 0 {
			t.Errorf("is no longer seen, and can be taken out of open: %s", pattern)
		}
	}
}
