// Bench measures authsync as its users run it: whole processes, over real HTTP,
// against the sandbox at a given latency. `make bench` runs it; the results and how to
// read them stand in docs/performance.md.
//
// Every work is measured beside floors in the same minutes: a program that makes the
// requests that nobody can avoid, and one that makes the same requests as authsync; see
// floor.go. So a result is a ratio, and the machine's speed of the day is not in it.
//
//	go run ./bench              everything but what takes long
//	go run ./bench -only plan   the works whose name has "plan" in it
//	go run ./bench -long        what takes long, too
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == launchCommand {
		launch(os.Args[2:])
		return
	}
	runs := flag.Int("runs", 5, "runs of each work; the median counts")
	only := flag.String("only", "", "only works whose name has `TEXT` in it")
	long := flag.Bool("long", false, "works that take long, too")
	flag.Parse()
	b := &bench{runs: *runs}
	if err := b.measureAll(func(w work) bool { return strings.Contains(w.name, *only) && (!w.long || *long) }); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what all measurements share.
type bench struct {
	runs                 int
	dir, authsync, floor string
}

func (b *bench) measureAll(chosen func(work) bool) error {
	dir, err := os.MkdirTemp("", "authsync-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.dir, b.authsync, b.floor = dir, filepath.Join(dir, "authsync"), filepath.Join(dir, "floor")
	for program, from := range map[string]string{b.authsync: "authsync", b.floor: "authsync/bench/floor"} {
		build := exec.Command("go", "build", "-trimpath", "-tags", "urfave_cli_no_docs", "-ldflags", "-s -w", "-o", program, from)
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w: %s", err, out)
		}
	}
	fmt.Print("| work | what | measured | target | |\n|---|---|--:|--:|---|\n")
	for _, w := range works {
		if !chosen(w) {
			continue
		}
		fmt.Fprintln(os.Stderr, w.name)
		m, err := b.measure(w)
		if err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
		w.write(os.Stdout, m)
	}
	return nil
}

// measured is what a work took: authsync, and the floors beside it.
type measured struct {
	work
	authsync, least, same result
	log                   []logged
	lock                  int // bytes of all locks
}

// measure makes the runs of a work, in turn with those of the floors.
func (b *bench) measure(w work) (measured, error) {
	m := measured{work: w}
	var own, least, same []result
	for range b.runs {
		s, err := b.prepare(w)
		if err != nil {
			return m, err
		}
		r, err := launched(b.authsync, s.args(w), nil)
		if err == nil {
			m.log, err = s.asked()
		}
		if err == nil {
			m.lock, err = s.world.lockSize()
		}
		s.close()
		if err != nil {
			return m, err
		}
		own = append(own, r)
		if w.rate > 0 {
			continue // a floor knows no limit
		}
		for floor, requests := range map[*[]result]func([]logged) []logged{&least: leastOf, &same: sameAs} {
			r, err := b.floored(w, requests(m.log))
			if err != nil {
				return m, fmt.Errorf("floor: %w", err)
			}
			*floor = append(*floor, r)
		}
	}
	m.authsync = median(own)
	if w.rate == 0 {
		m.least, m.same = median(least), median(same)
	}
	return m, nil
}

// floored measures the floor program with some requests, on a state like the one that
// authsync met.
func (b *bench) floored(w work, requests []logged) (result, error) {
	if len(requests) == 0 {
		return launched(b.floor, nil, nil)
	}
	s, err := b.prepare(w)
	if err != nil {
		return result{}, err
	}
	defer s.close()
	input, err := floorInput(s.url, w.concurrency, requests)
	if err != nil {
		return result{}, err
	}
	return launched(b.floor, []string{"-"}, input)
}

// median has the medians of the times, and the most of all else.
func median(results []result) result {
	middle := func(of func(result) time.Duration) time.Duration {
		var times []time.Duration
		for _, r := range results {
			times = append(times, of(r))
		}
		slices.Sort(times)
		return times[len(times)/2]
	}
	m := result{wall: middle(func(r result) time.Duration { return r.wall }), cpu: middle(func(r result) time.Duration { return r.cpu })}
	for _, r := range results {
		m.peak, m.blocks = max(m.peak, r.peak), max(m.blocks, r.blocks)
	}
	return m
}
