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

// idealOf lists the requests of all environments on as many lanes as there may
// be requests in flight, each taking the latency. Of those that may start, that
// of the environment with most rounds to go does, which for requests of one
// length is as good as it gets. Under a rate, no more than that many of one
// action start within any second.
func idealOf(works []work, l limits) ideal {
	s := &schedule{limits: l, started: map[string][]time.Duration{}}
	for _, w := range works {
		if len(w) > 0 {
			s.todo = append(s.todo, &progress{rest: w})
		}
	}
	return s.run()
}

// then puts works of the same environments behind each other: nothing of the
// second starts before everything of the first has ended.
func (i ideal) then(next ideal) ideal {
	return ideal{i.requests + next.requests, i.wall + next.wall}
}

type schedule struct {
	limits
	now     time.Duration
	todo    []*progress
	flying  []flight // by end
	started map[string][]time.Duration
	done    ideal
}

// progress is where an environment stands: what is left of its rounds, and how
// many requests of the present one have been sent and not answered.
type progress struct {
	rest   work
	sent   int
	flying int
}

type flight struct {
	ends  time.Duration
	owner *progress
}

func (s *schedule) run() ideal {
	for {
		opens := s.start()
		if len(s.flying) == 0 && opens < 0 {
			return s.done
		}
		s.advance(opens)
	}
}

// start sends what may be sent now. It returns when the first of the actions
// that are at their limit may go on, or -1.
func (s *schedule) start() time.Duration {
	opens := time.Duration(-1)
	slices.SortStableFunc(s.todo, func(a, b *progress) int { return cmp.Compare(len(b.rest), len(a.rest)) })
	for _, p := range s.todo {
		for p.sent < len(p.rest[0]) && len(s.flying) < s.concurrency {
			at := s.free(p.rest[0][p.sent].action)
			if at > s.now {
				if opens < 0 || at < opens {
					opens = at
				}
				if !p.another(s) {
					break
				}
				continue
			}
			s.send(p)
		}
	}
	return opens
}

// another moves a request of the round whose action is not at its limit to the
// front of what is to be sent. It reports false if there is none.
func (p *progress) another(s *schedule) bool {
	unsent := p.rest[0][p.sent:]
	for i, a := range unsent {
		if s.free(a.action) <= s.now {
			unsent[0], unsent[i] = unsent[i], unsent[0]
			return true
		}
	}
	return false
}

// free returns from when on one more request of the action may start.
func (s *schedule) free(action string) time.Duration {
	started := s.started[action]
	if s.rate == 0 || len(started) < s.rate {
		return s.now
	}
	return started[len(started)-s.rate] + time.Second
}

func (s *schedule) send(p *progress) {
	action := p.rest[0][p.sent].action
	s.started[action] = append(s.started[action], s.now)
	s.flying = append(s.flying, flight{s.now + s.latency, p})
	s.done.requests++
	p.sent++
	p.flying++
}

// advance goes to when the next request ends, or the next action opens.
func (s *schedule) advance(opens time.Duration) {
	if len(s.flying) == 0 || opens >= 0 && opens < s.flying[0].ends {
		s.now = opens
		return
	}
	s.now = s.flying[0].ends
	s.done.wall = s.now
	for len(s.flying) > 0 && s.flying[0].ends == s.now {
		p := s.flying[0].owner
		s.flying = s.flying[1:]
		p.flying--
		if p.flying == 0 && p.sent == len(p.rest[0]) {
			p.rest, p.sent = p.rest[1:], 0
		}
	}
	s.todo = slices.DeleteFunc(s.todo, func(p *progress) bool { return len(p.rest) == 0 })
}
