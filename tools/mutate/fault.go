package main

import (
	"bufio"
	"cmp"
	"fmt"
	"go/token"
	"hash/crc32"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// fault is a token that is replaced by another.
type fault struct {
	id        int // from 1 on
	sort      string
	file      string
	line, col int

	at       spot
	from, to token.Token
	apart    bool   // it cannot be switched, and is built by itself
	broken   bool   // it does not compile
	result   string // of trying it
	by       string // the test that fails
}

func (f *fault) String() string {
	return fmt.Sprintf("%s at %s:%d:%d", f.sort, f.file, f.line, f.col)
}

// What becomes of a fault.
const (
	killed    = "KILLED"
	lived     = "LIVED"
	timedOut  = "TIMED OUT"
	unreached = "NOT REACHED"
	broken    = "NOT VIABLE"
)

var listLine = regexp.MustCompile(`^ *(?:RUNNABLE|NOT COVERED) (\S+) at (.*):(\d+):(\d+)$`)

// listed reads what gremlins lists. What it calls not covered is listed too: that is often the
// condition of a case, which the tests do reach.
func listed(in io.Reader) ([]*fault, error) {
	var out []*fault
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		m := listLine.FindStringSubmatch(lines.Text())
		if m == nil {
			continue
		}
		f := &fault{sort: m[1], file: m[2]}
		f.line, _ = strconv.Atoi(m[3])
		f.col, _ = strconv.Atoi(m[4])
		out = append(out, f)
	}
	if len(out) == 0 && lines.Err() == nil {
		return nil, fmt.Errorf("gremlins lists no faults")
	}
	slices.SortStableFunc(out, func(a, b *fault) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
	})
	return out, lines.Err()
}

// choice says which faults are tried.
type choice struct {
	draw int
	seed string
	file string
}

func (c choice) from(faults []*fault) []*fault {
	var out []*fault
	for _, f := range faults {
		if c.file == "" || c.file == f.file {
			out = append(out, f)
		}
	}
	if c.draw == 0 || c.draw >= len(out) {
		return out
	}
	slices.SortStableFunc(out, func(a, b *fault) int { return cmp.Compare(c.lot(a), c.lot(b)) })
	out = out[:c.draw]
	slices.SortStableFunc(out, func(a, b *fault) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.col, b.col))
	})
	return out
}

func (c choice) lot(f *fault) uint32 {
	return crc32.ChecksumIEEE([]byte(c.seed + " " + f.String()))
}
