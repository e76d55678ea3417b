package main

import (
	"cmp"
	"slices"
	"time"
)

// work is what one environment asks: rounds, one after another. The requests of
// a round rest on the answers of the round before and not on each other.
type work []round

type round []ask

// ask is one request.
type ask struct{ action string }

// limits are what holds requests back besides their order.
type limits struct {
	latency     time.Duration
	concurrency int
	rate        int // per second and action; 0: any
}

// ideal is what a command takes at best.
type ideal struct {
	requests int
	wall     time.Duration
}

// then puts other work behind: nothing of it starts before everything of the
// first has ended.
func (i ideal) then(next ideal) ideal {
	return ideal{i.requests + next.requests, i.wall + next.wall}
}

// idealOf is the longer of what the order of the requests, the latency and the
// concurrency imply, and what the rate implies.
func idealOf(works []work, l limits) ideal {
	i := schedule(works, l)
	i.wall = max(i.wall, byRate(works, l))
	return i
}

// schedule lists the requests of all environments on as many lanes as there may
// be requests in flight. All take the latency, so they go in step. Of those that
// may start, those do first whose environments have most rounds to go.
func schedule(works []work, l limits) ideal {
	var i ideal
	todo := make([]progress, len(works))
	for n, w := range works {
		todo[n].rest = w
	}
	for {
		todo = slices.DeleteFunc(todo, func(p progress) bool { return len(p.rest) == 0 })
		if len(todo) == 0 {
			return i
		}
		slices.SortStableFunc(todo, func(a, b progress) int { return cmp.Compare(len(b.rest), len(a.rest)) })
		free := l.concurrency
		for n := range todo {
			free -= todo[n].send(free)
		}
		i.requests += l.concurrency - free
		i.wall += l.latency
	}
}

// progress is what is left of an environment's rounds, and how much of the
// present one is done.
type progress struct {
	rest work
	done int
}

// send sends as much of the present round as there are lanes free.
func (p *progress) send(free int) int {
	n := min(free, len(p.rest[0])-p.done)
	if p.done += n; p.done == len(p.rest[0]) {
		p.rest, p.done = p.rest[1:], 0
	}
	return n
}

// byRate is the time below which no order can come, when only so many requests
// of one action may start within a second: the rounds that every environment has
// before the first of the action, a second for each full load of the rest, and
// the rounds after the last.
func byRate(works []work, l limits) time.Duration {
	if l.rate == 0 {
		return 0
	}
	type span struct{ count, before, after int }
	spans := map[string]span{}
	for _, w := range works {
		for n, r := range w {
			for _, a := range r {
				s, known := spans[a.action]
				before, after := n, len(w)-n
				if known {
					before, after = min(before, s.before), min(after, s.after)
				}
				spans[a.action] = span{s.count + 1, before, after}
			}
		}
	}
	var longest time.Duration
	for _, s := range spans {
		loads := (s.count - 1) / l.rate
		longest = max(longest, time.Duration(loads)*time.Second+time.Duration(s.before+s.after)*l.latency)
	}
	return longest
}
