package progress

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"authsync/cli/render"
	"authsync/remote/transport"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/fleet"
)

// environment is the progress of one environment in a stage.
type environment struct {
	name  string
	stage fleet.Stage
	began time.Time
	over  bool

	answered int      // finished calls
	flights  []flight // calls in progress, the oldest first
	steps    int      // of the plan; 0 = unknown
	made     map[sync.Outcome]int

	folds bool            // it has printed lines in its group
	kept  strings.Builder // its lines until its group is printed
}

type flight struct {
	transport.Moment
	since time.Time
}

// slow is how long a call takes before its line shows the time.
const slow = 3 * time.Second

// title is safe to print, also in the titles of groups.
func (e *environment) title() string { return spell.Text(e.name + ": " + string(e.stage)) }

// rank orders environments if there is no room for all: those with calls in progress,
// those without, those that are done.
func (e *environment) rank() int {
	switch {
	case e.over:
		return 2
	case len(e.flights) == 0:
		return 1
	}
	return 0
}

func (e *environment) step(event sync.Event) {
	e.steps = event.Steps
	if event.Result == nil {
		return
	}
	if e.made == nil {
		e.made = map[sync.Outcome]int{}
	}
	e.made[event.Result.Outcome]++
}

func (e *environment) call(m transport.Moment, now time.Time) {
	i := slices.IndexFunc(e.flights, func(f flight) bool { return f.Serial == m.Serial })
	switch {
	case m.Stage == transport.Finished:
		e.answered++
		if i >= 0 {
			e.flights = slices.Delete(e.flights, i, i+1)
		}
	case i < 0:
		e.flights = append(e.flights, flight{m, now})
	default:
		e.flights[i].Moment = m
	}
}

// line returns the live line of an environment. The most important part comes first,
// since a narrow terminal cuts the rest.
func (e *environment) line(now time.Time) string {
	parts := []string{e.title(), e.counts()}
	if e.over {
		return strings.Join(append(parts, "done"), ", ")
	}
	if left := e.left(now); left > 0 {
		parts = append(parts, fmt.Sprintf("rate limit: about %v left", left))
	}
	if flown := e.flown(now); flown != "" {
		parts = append(parts, flown)
	}
	return strings.Join(parts, ", ")
}

func (e *environment) counts() string {
	if e.steps == 0 {
		return render.Count(e.answered, "call", "calls")
	}
	text := fmt.Sprintf("%d/%d", e.finished(), e.steps)
	for _, outcome := range []sync.Outcome{sync.Failed, sync.Refused, sync.Skipped} {
		if n := e.made[outcome]; n > 0 {
			text += fmt.Sprintf(", %d %s", n, outcome)
		}
	}
	return text
}

func (e *environment) finished() int {
	n := 0
	for _, made := range e.made {
		n += made
	}
	return n
}

// flown names the oldest call that was sent, or else the oldest that waits.
func (e *environment) flown(now time.Time) string {
	if len(e.flights) == 0 {
		return ""
	}
	shown := e.flights[0]
	if i := slices.IndexFunc(e.flights, func(f flight) bool { return f.Stage == transport.Sending }); i >= 0 {
		shown = e.flights[i]
	}
	text := callOf(shown.Moment)
	if took := now.Sub(shown.since); took >= slow {
		text += fmt.Sprintf(" for %v", took.Round(time.Second))
	}
	if shown.Stage == transport.Pausing {
		text += fmt.Sprintf(" failed, attempt %d follows", shown.Attempt+1)
	}
	if more := len(e.flights) - 1; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// left estimates how long an environment still takes while calls wait for the limiter:
// until the last of them may start, and for the remaining steps as long as the
// finished ones took on average. Zero if nothing waits for the limiter.
func (e *environment) left(now time.Time) time.Duration {
	var longest time.Duration
	for _, f := range e.flights {
		if f.Stage == transport.Limited {
			longest = max(longest, f.Until.Sub(now))
		}
	}
	if longest <= 0 {
		return 0
	}
	if behind := e.finished(); behind > 0 {
		longest = max(longest, now.Sub(e.began)/time.Duration(behind)*time.Duration(e.steps-behind))
	}
	return max(longest.Round(time.Second), time.Second)
}

func callOf(m transport.Moment) string {
	if m.Object.Kind == "" {
		return m.Call
	}
	return m.Call + " " + m.Object.Spelled()
}
