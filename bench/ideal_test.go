package main

import (
	"slices"
	"testing"
	"time"
)

func TestIdeal(t *testing.T) {
	const latency = 20 * time.Millisecond
	read := round{{"A"}, {"B"}, {"C"}}
	one := work{{{"A"}}}
	chain := work{read, {{"D"}}, {{"E"}}}
	for _, test := range []struct {
		name     string
		works    []work
		limits   limits
		requests int
		wall     time.Duration
	}{
		{"nothing", []work{nil}, limits{latency, 10, 0}, 0, 0},
		{"one round", []work{{read}}, limits{latency, 10, 0}, 3, latency},
		{"one lane", []work{{read}}, limits{latency, 1, 0}, 3, 3 * latency},
		{"a chain", []work{chain}, limits{latency, 10, 0}, 5, 3 * latency},
		{"full lanes", slices.Repeat([]work{{read}}, 50), limits{latency, 50, 0}, 150, 3 * latency},
		{"the last round is half empty", slices.Repeat([]work{{read}}, 50), limits{latency, 40, 0}, 150, 4 * latency},
		{"the longest chain goes first", []work{one, one, chain}, limits{latency, 3, 0}, 7, 3 * latency},
		{"a rate", slices.Repeat([]work{one}, 50), limits{latency, 50, 20}, 50, 2*time.Second + latency},
		{"a rate that is just enough", slices.Repeat([]work{one}, 20), limits{latency, 50, 20}, 20, latency},
		{"a rate for each action", slices.Repeat([]work{{read}}, 40), limits{latency, 200, 20}, 120, time.Second + latency},
		{"a rate in the middle of a chain", slices.Repeat([]work{{{{"A"}}, {{"B"}, {"B"}}, {{"C"}}}}, 20), limits{latency, 200, 20}, 80, time.Second + 3*latency},
		{"a rate that is no limit", []work{chain}, limits{latency, 1, 20}, 5, 5 * latency},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := idealOf(test.works, test.limits)
			if got.requests != test.requests || got.wall != test.wall {
				t.Errorf("got %d requests in %v, want %d in %v", got.requests, got.wall, test.requests, test.wall)
			}
		})
	}
}
