package schema

import (
	"fmt"
	"strings"
)

// Unknown is the error of a name that is none of those that there are.
func Unknown(what, name string, there []string) error {
	if near := Nearest(name, there); near != "" {
		return fmt.Errorf("unknown %s %q, did you mean %s?", what, name, near)
	}
	return fmt.Errorf("unknown %s %q; there are %s", what, name, strings.Join(there, ", "))
}

// Nearest returns the name that text was most likely meant to be, or "".
func Nearest(text string, names []string) string {
	best, distance := "", 1+len(text)/3
	for _, name := range names {
		if len(text) > len(name)+distance || len(name) > len(text)+distance {
			continue // at least so many letters are missing, or too many
		}
		if d := editDistance(text, name); d <= distance && d < len(name) {
			if d == distance && best != "" {
				continue
			}
			best, distance = name, d
		}
	}
	return best
}

// editDistance counts the letters to insert, delete, replace or swap (with a
// neighbour) to get from a to b, ignoring case.
func editDistance(a, b string) int {
	lower := func(c byte) byte {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if lower(a[i-1]) == lower(b[j-1]) {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && lower(a[i-1]) == lower(b[j-2]) && lower(a[i-2]) == lower(b[j-1]) {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
