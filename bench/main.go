// Bench measures authsync as its users run it: whole processes, over real HTTP,
// against the sandbox at a given latency. `make bench` runs it; the results and
// how to read them stand in docs/performance.md.
//
// For every command it counts requests and connections, and it works out the
// ideal: the time that the same requests take when nothing but their order, the
// concurrency and the latency hold them back; see ideal.go. A command is as fast
// as it can be when its wall time is near that.
//
//	go run ./bench              everything
//	go run ./bench -only plan   the rows whose name has "plan" in it
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
	runs := flag.Int("runs", 5, "runs of each row; the median counts")
	only := flag.String("only", "", "only rows whose name has `TEXT` in it")
	authsync := flag.String("authsync", "", "measure this `BINARY` instead of building one")
	flag.Parse()
	if err := measureAll(*authsync, *only, *runs); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measureAll(authsync, only string, runs int) error {
	dir, err := os.MkdirTemp("", "authsync-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if authsync == "" {
		authsync = filepath.Join(dir, "authsync")
		build := exec.Command("go", "build", "-trimpath", "-tags", "urfave_cli_no_docs", "-ldflags", "-s -w", "-o", authsync, "authsync")
		build.Env = append(os.Environ(), "CGO_ENABLED=0") // as make build does
		if out, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build: %w: %s", err, out)
		}
	}
	worlds, err := generateAll(dir, sizes)
	if err != nil {
		return err
	}
	b := &bench{authsync: authsync, runs: runs, worlds: worlds}
	for _, t := range tables {
		var rows []row
		for _, c := range t.cases() {
			if !strings.Contains(c.name(), only) {
				continue
			}
			fmt.Fprintln(os.Stderr, c.name())
			r, err := b.measure(c)
			if err != nil {
				return fmt.Errorf("%s: %w", c.name(), err)
			}
			rows = append(rows, r)
		}
		if len(rows) > 0 {
			t.write(os.Stdout, rows)
		}
	}
	return nil
}

// sizes are how many environments a run has.
var sizes = []int{1, 10, 50}

// scene is one thing to measure.
type scene struct {
	command      command
	environments int
	live         live
	latency      time.Duration
	concurrency  int
	rate         int // requests per second and action that the sandbox allows; 0: any
}

func (c scene) name() string {
	name := fmt.Sprintf("%s of %d at %v, concurrency %d", c.command.name, c.environments, c.latency, c.concurrency)
	if c.rate > 0 {
		name += fmt.Sprintf(", %d/s", c.rate)
	}
	return name
}

// bench is what all measurements share.
type bench struct {
	authsync string
	runs     int
	worlds   map[int]*world
}

// row is a scene and its medians.
type row struct {
	scene
	result
	ideal ideal
}

// measure runs a scene as often as asked, each time against a fresh sandbox.
func (b *bench) measure(c scene) (row, error) {
	w := b.worlds[c.environments]
	ideal, err := b.idealOf(w, c)
	if err != nil {
		return row{}, err
	}
	var results []result
	for range b.runs {
		r, err := b.run(w, c)
		if err != nil {
			return row{}, err
		}
		results = append(results, r)
	}
	return row{c, medians(results), ideal}, nil
}

// medians of the times and the greatest of everything else: a single run with
// a connection or a request too many is one too many.
func medians(results []result) result {
	greatest := func(of func(result) int) int {
		most := 0
		for _, r := range results {
			most = max(most, of(r))
		}
		return most
	}
	sorted := func(of func(result) time.Duration) []time.Duration {
		var times []time.Duration
		for _, r := range results {
			times = append(times, of(r))
		}
		slices.Sort(times)
		return times
	}
	walls := sorted(func(r result) time.Duration { return r.wall })
	cpus := sorted(func(r result) time.Duration { return r.cpu })
	return result{
		wall:        walls[len(walls)/2],
		best:        walls[0],
		cpu:         cpus[len(cpus)/2],
		peak:        greatest(func(r result) int { return r.peak }),
		requests:    greatest(func(r result) int { return r.requests }),
		connections: greatest(func(r result) int { return r.connections }),
		throttled:   greatest(func(r result) int { return r.throttled }),
	}
}
