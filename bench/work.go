package main

import (
	"fmt"
	"io"
	"time"
)

// start is what a work begins with.
type start int

const (
	unmoved   start = iota // live, manifests and lock agree, and nothing has moved since
	restamped              // the same, and every object has another stamp
	unlocked               // live and manifests agree, and there is no lock
	nothing                // the service is empty
)

type work struct {
	name        string
	size        size
	start       start
	edits       int // connectors that git has changed
	touched     int // environments that a pull request touches; the world is then in a git repository
	command     []string
	latency     time.Duration
	concurrency int
	rate        int // requests per second and action that the sandbox allows; 0: any
	long        bool
	checks      []check
}

// check is a figure of a work, and what it is to be at most.
type check struct {
	what  string
	of    func(measured) float64
	unit  string
	most  float64
	print string // how the figure is printed
}

const slack = 15 * time.Millisecond

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// figure makes checks of one figure.
func figure(what, unit, print string, of func(measured) float64) func(most float64) check {
	return func(most float64) check { return check{what, of, unit, most, print} }
}

// toLeast is the time beside the requests that nobody can avoid, toSame beside the same
// requests.
var (
	requests    = figure("requests", "", "%.0f", func(m measured) float64 { return float64(len(m.log)) })
	toLeast     = figure("(wall - 15 ms) / least floor", "", "%.2f", func(m measured) float64 { return ratio(m.authsync.wall-slack, m.least.wall) })
	toSame      = figure("(wall - 15 ms) / same floor", "", "%.2f", func(m measured) float64 { return ratio(m.authsync.wall-slack, m.same.wall) })
	wallToSame  = figure("wall / same floor", "", "%.2f", func(m measured) float64 { return ratio(m.authsync.wall, m.same.wall) })
	wallToNone  = figure("wall / a program that does nothing", "", "%.2f", func(m measured) float64 { return ratio(m.authsync.wall, m.same.wall) })
	cpuToSame   = figure("CPU / same floor", "", "%.2f", func(m measured) float64 { return ratio(m.authsync.cpu, m.same.cpu) })
	cpuARequest = figure("CPU a request", " ms", "%.3f", func(m measured) float64 { return float64(m.authsync.cpu.Microseconds()) / 1000 / float64(len(m.log)) })
	peak        = figure("memory", " MB", "%.0f", func(m measured) float64 { return float64(m.authsync.peak) / 1e6 })
	written     = figure("bytes written / lock", "", "%.1f", func(m measured) float64 { return float64(m.authsync.blocks) / float64(m.lock) })
	wall        = figure("wall", " s", "%.2f", func(m measured) float64 { return m.authsync.wall.Seconds() })
	throttled   = figure("throttled", " %", "%.1f", func(m measured) float64 {
		return 100 * float64(len(m.log)-len(sameAs(m.log))) / float64(len(m.log))
	})
	// toRate is the time beside what a rate implies: a second for each full load of the
	// busiest action.
	toRate = figure("wall / what the rate implies", "", "%.2f", func(m measured) float64 {
		counts, busiest := map[string]int{}, 0
		for _, l := range sameAs(m.log) {
			counts[l.System+l.Action]++
			busiest = max(busiest, counts[l.System+l.Action])
		}
		return m.authsync.wall.Seconds() / (float64(busiest) / float64(m.rate))
	})
)

const latency = 20 * time.Millisecond

var (
	fleet     = size{environments: 50, Providers: 5, Keys: 3, Integrations: 10}
	many      = size{environments: 1, Connectors: 500}
	thousand  = size{environments: 1000, Providers: 20, Keys: 5, Integrations: 20}
	countless = size{environments: 10_000, Providers: 1}
	one       = size{environments: 1, Providers: 5, Keys: 3, Integrations: 10}
)

var (
	plan  = []string{"plan"}
	since = []string{"plan", "--changed-since", "HEAD"}
	apply = []string{"apply", "--yes", "--allow", "weaken", "--allow", "delete=500"}
)

// works are all, in the order of the table.
var works = []work{
	{name: "version", size: size{environments: 1, Providers: 1}, start: unlocked, command: []string{"version"}, concurrency: 1,
		checks: []check{wallToNone(1.35)}},
	{name: "plan of one environment, no latency", size: one, command: plan, concurrency: 10, checks: []check{wallToSame(1.5), cpuToSame(0)}},
	{name: "plan of 500 unmoved connectors", size: many, start: unmoved, command: plan, latency: latency, concurrency: 10, checks: []check{requests(7), toLeast(1.8)}},
	{name: "plan of 500 connectors, every stamp moved", size: many, start: restamped, command: plan, latency: latency, concurrency: 10, checks: []check{toSame(1.15)}},
	{name: "plan of 50 environments, unmoved", size: fleet, start: unmoved, command: plan, latency: latency, concurrency: 10, checks: []check{requests(300), toLeast(1.25)}},
	{name: "plan of 50 environments, unmoved, 50 at once", size: fleet, command: plan, latency: latency, concurrency: 50, checks: []check{requests(300), toLeast(2)}},
	{name: "plan of 50 environments under 20/s", size: fleet, command: plan, latency: latency, concurrency: 10, rate: 20, checks: []check{toRate(1.25), throttled(1)}},
	{name: "update 50 of 500 connectors", size: many, edits: 50, command: apply, latency: latency, concurrency: 10, checks: []check{requests(120), toLeast(2)}},
	{name: "create 500 connectors", size: many, start: nothing, command: apply, latency: latency, concurrency: 10, checks: []check{requests(510), toLeast(1.3)}},
	{name: "plan of 50 environments, no latency", size: fleet, command: plan, concurrency: 10, checks: []check{cpuToSame(2)}},
	{name: "plan of 1,000 environments", size: thousand, command: plan, concurrency: 10, long: true, checks: []check{cpuARequest(0.25), peak(120)}},
	{name: "plan of 10,000 small environments", size: countless, start: unlocked, command: plan, concurrency: 10, long: true, checks: []check{peak(150), cpuARequest(0)}},
	{name: "plan of a pull request that touches 3 of 10,000", size: countless, start: unlocked, touched: 3, command: since, concurrency: 10, long: true, checks: []check{requests(9), wall(0.5)}},
	{name: "apply of 50 environments under 20/s", size: size{environments: 50, Providers: 5}, start: nothing, command: apply, latency: latency, concurrency: 10, rate: 20, checks: []check{toRate(1.15), throttled(1)}},
	{name: "create 10,000 connectors", size: size{environments: 1, Connectors: 10_000}, start: nothing, command: apply, concurrency: 50, long: true, checks: []check{written(20)}},
}

// write prints the rows of a work in Markdown. A target of 0 is none.
func (w work) write(out io.Writer, m measured) {
	for _, c := range w.checks {
		got, target, verdict := c.of(m), "", ""
		if c.most > 0 {
			target, verdict = fmt.Sprintf("%g%s", c.most, c.unit), "reached"
			if got > c.most {
				verdict = "**missed**"
			}
		}
		fmt.Fprintf(out, "| %s | %s | "+c.print+"%s | %s | %s |\n", w.name, c.what, got, c.unit, target, verdict)
	}
}
