package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// table is a group of scenes that are read in the same way.
type table struct {
	title   string
	cases   func() []scene
	columns []column
}

type column struct {
	title string
	cell  func(row) string
}

var (
	commandColumn     = column{"command", func(r row) string { return r.command.name }}
	environmentColumn = column{"environments", func(r row) string { return fmt.Sprint(r.environments) }}
	latencyColumn     = column{"latency", func(r row) string { return r.latency.String() }}
	widthColumn       = column{"concurrency", func(r row) string { return fmt.Sprint(r.concurrency) }}
	wallColumn        = column{"wall", func(r row) string { return ms(r.wall) }}
	bestColumn        = column{"best", func(r row) string { return ms(r.best) }}
	cpuColumn         = column{"cpu", func(r row) string { return ms(r.cpu) }}
	idealColumn       = column{"ideal", func(r row) string { return ms(r.ideal.wall) }}
	ratioColumn       = column{"ratio", func(r row) string { return fmt.Sprintf("%.2f", float64(r.wall)/float64(r.ideal.wall)) }}
	overColumn        = column{"wall - 1.25 ideal", func(r row) string {
		return ms(r.wall-r.ideal.wall*5/4) + verdict(r.wall-r.ideal.wall*5/4 <= 15*time.Millisecond)
	}}
	requestColumn = column{"requests", func(r row) string {
		return fmt.Sprint(r.requests) + verdict(r.requests-r.throttled == r.ideal.requests)
	}}
	neededColumn     = column{"needed", func(r row) string { return fmt.Sprint(r.ideal.requests) }}
	connectionColumn = column{"connections", func(r row) string {
		return fmt.Sprint(r.connections) + verdict(r.connections <= r.concurrency)
	}}
	peakColumn = column{"peak", func(r row) string {
		return fmt.Sprintf("%.1f MB", float64(r.peak)/1e6) + verdict(r.peak < 25e6)
	}}
	withinRateColumn = column{"ratio", func(r row) string {
		return fmt.Sprintf("%.2f", float64(r.wall)/float64(r.ideal.wall)) + verdict(r.wall*10 <= r.ideal.wall*13)
	}}
	throttledColumn = column{"throttled", func(r row) string {
		return fmt.Sprintf("%.1f %%", 100*float64(r.throttled)/float64(r.requests)) + verdict(r.throttled*20 <= r.requests)
	}}
)

// verdict marks what misses its target.
func verdict(reached bool) string {
	if reached {
		return ""
	}
	return " (missed)"
}

var tables = []table{
	{
		title: "Start",
		cases: func() []scene {
			return []scene{
				{command: version, environments: 1, live: equal, concurrency: 10},
				{command: plan, environments: 1, live: equal, concurrency: 10},
			}
		},
		columns: []column{
			{"command", func(r row) string {
				if len(r.command.parts) == 0 {
					return r.command.name
				}
				return r.command.name + " of nothing"
			}},
			{"wall", func(r row) string {
				most := 25 * time.Millisecond
				if len(r.command.parts) == 0 {
					most = 15 * time.Millisecond
				}
				return ms(r.wall) + verdict(r.wall <= most)
			}},
			cpuColumn, peakColumn,
		},
	},
	{
		title: "Latency",
		cases: byLatency,
		columns: []column{
			commandColumn, environmentColumn, latencyColumn, widthColumn, wallColumn, bestColumn, cpuColumn, idealColumn, ratioColumn,
			overColumn, requestColumn, neededColumn, connectionColumn, peakColumn,
		},
	},
	{
		title: "Rate: 20 requests a second and action",
		cases: func() []scene {
			var all []scene
			for _, c := range []command{plan, apply, export} {
				for _, width := range []int{10, 50} {
					all = append(all, scene{c, 50, liveFor(c), 20 * time.Millisecond, width, 20})
				}
			}
			return all
		},
		columns: []column{
			commandColumn, environmentColumn, latencyColumn, widthColumn, wallColumn, bestColumn, cpuColumn, idealColumn, withinRateColumn,
			requestColumn, neededColumn, throttledColumn, connectionColumn, peakColumn,
		},
	},
}

func byLatency() []scene {
	var all []scene
	for _, c := range []command{plan, apply, export} {
		for _, n := range sizes {
			for _, latency := range []time.Duration{20 * time.Millisecond, 50 * time.Millisecond} {
				for _, width := range []int{10, 50} {
					all = append(all, scene{c, n, liveFor(c), latency, width, 0})
				}
			}
		}
	}
	return all
}

// liveFor: an export of what git says is the larger one.
func liveFor(c command) live {
	if c.name == export.name {
		return equal
	}
	return moved
}

// write prints the table in markdown.
func (t table) write(w io.Writer, rows []row) {
	titles, rules := make([]string, len(t.columns)), make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i], rules[i] = c.title, "---"
	}
	fmt.Fprintf(w, "\n### %s\n\n| %s |\n| %s |\n", t.title, strings.Join(titles, " | "), strings.Join(rules, " | "))
	for _, r := range rows {
		cells := make([]string, len(t.columns))
		for i, c := range t.columns {
			cells[i] = c.cell(r)
		}
		fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
	}
}

func ms(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}
