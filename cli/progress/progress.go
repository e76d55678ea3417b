// Package progress shows on standard error how a run proceeds: live lines on a
// terminal, else plain lines, which a CI system folds.
//
// It must not know flags or exit codes, nor read the process's variables or its
// terminal: they are passed in, and the engine calls it. Begin reading at [Progress],
// then at the live region's painting.
package progress

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	stdsync "sync"
	"time"

	"authsync/cli/say"
	"authsync/remote/transport"
	"authsync/spell"
	"authsync/sync"
	"authsync/sync/fleet"
)

// Verbosity is how much is shown during a run.
type Verbosity int

const (
	Steps   Verbosity = iota // a line for each step
	Results                  // nothing until the end
	Calls                    // also each attempt at each call
)

// Progress shows on standard error how a run proceeds: a live line for each
// environment on a terminal, else plain lines, which a CI system folds. A nil one
// shows nothing. It is safe for concurrent use.
type Progress struct {
	w         io.Writer
	verbosity Verbosity
	now       func() time.Time
	stamped   bool     // lines begin with the time
	folding   *folding // nil = none
	live      *live    // nil = plain lines

	mu      stdsync.Mutex
	envs    []*environment // of the current stage, in order
	byName  map[string]*environment
	stopped chan struct{} // closed at the end of the stage
	painter stdsync.WaitGroup
}

// Surroundings describe the process's environment.
type Surroundings struct {
	Err io.Writer
	// Size returns the current size of the terminal of Err; nil = no terminal.
	Size      func() (columns, rows int)
	LookupEnv func(name string) (string, bool)
}

// New returns a Progress for a verbosity and surroundings.
func New(v Verbosity, in Surroundings) *Progress {
	p := &Progress{w: in.Err, verbosity: v, now: time.Now, folding: foldingOf(in.LookupEnv)}
	ci, _ := in.LookupEnv("CI")
	pipeline := ci != "" || p.folding != nil
	p.stamped = pipeline || p.verbosity == Calls
	kind, _ := in.LookupEnv("TERM")
	if p.verbosity == Steps && !pipeline && kind != "dumb" && in.Size != nil {
		p.live = &live{w: p.w, size: in.Size}
	}
	return p
}

// repaint is how often changed live lines are painted.
const repaint = 100 * time.Millisecond

// Begin begins a stage of a run, which lasts until [Progress.End].
func (p *Progress) Begin(stage fleet.Stage, names ...string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.envs, p.byName = nil, map[string]*environment{}
	for _, name := range names {
		e := &environment{name: name, stage: stage, began: p.now()}
		p.envs, p.byName[name] = append(p.envs, e), e
	}
	if p.live == nil {
		return
	}
	p.paint()
	stopped := make(chan struct{})
	p.stopped = stopped
	p.painter.Go(func() {
		ticker := time.NewTicker(repaint)
		defer ticker.Stop()
		for {
			select {
			case <-stopped:
				return
			case <-ticker.C:
				p.mu.Lock()
				p.paint()
				p.mu.Unlock()
			}
		}
	})
}

func (p *Progress) paint() {
	now := p.now()
	envs := p.envs
	_, rows := p.live.size()
	if len(envs) > roomIn(rows) { // finished environments are the least important
		envs = slices.Clone(envs)
		slices.SortStableFunc(envs, func(a, b *environment) int { return cmp.Compare(a.rank(), b.rank()) })
	}
	lines := make([]string, len(envs)) // of more than there is room for only the number counts
	for i, e := range envs[:min(len(envs), roomIn(rows))] {
		lines[i] = spell.Text(e.line(now))
	}
	p.live.paint(lines)
}

// Ended ends an environment's part of a stage and folds its lines.
func (p *Progress) Ended(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.byName[name]; e != nil {
		e.over = true
		p.fold(e)
	}
}

// fold prints the kept lines of a group, or ends an open group. An environment without
// lines has none.
func (p *Progress) fold(e *environment) {
	if p.folding == nil || !e.folds {
		return
	}
	if len(p.envs) > 1 {
		say.Raw(p.w, p.folding.open(e.title(), e.began)+e.kept.String())
	}
	say.Raw(p.w, p.folding.shut(e.title(), p.now()))
	e.folds = false
	e.kept.Reset()
}

// End ends the stage, if there is one, and leaves only the permanent lines on a
// terminal.
func (p *Progress) End() {
	if p == nil {
		return
	}
	p.mu.Lock()
	for _, e := range p.envs {
		p.fold(e)
	}
	p.envs, p.byName = nil, nil
	stopped := p.stopped
	p.stopped = nil
	p.mu.Unlock()
	if stopped == nil {
		return
	}
	close(stopped)
	p.painter.Wait()
	p.live.clear()
}

// Messages returns where messages go that are neither results nor errors: nowhere in a
// quiet run.
func (p *Progress) Messages(w io.Writer) io.Writer {
	if p != nil && p.verbosity == Results {
		return io.Discard
	}
	return w
}

// print prints a line about an environment. If several environments run, the line is
// kept until its environment ends, so that groups do not mix.
func (p *Progress) print(env string, text say.Own) {
	line := string(say.Sprintf("%s: %s", env, text))
	if p.stamped {
		line = p.now().UTC().Format(time.RFC3339) + " " + line
	}
	e := p.byName[env]
	switch {
	case p.live != nil:
		p.live.above(line)
		return
	case p.folding == nil || e == nil || e.over:
	case len(p.envs) > 1:
		e.folds = true
		e.kept.WriteString(line + "\n")
		return
	case !e.folds:
		e.folds = true
		say.Raw(p.w, p.folding.open(e.title(), e.began))
	}
	say.Raw(p.w, line+"\n")
}

// Step reports the progress of an apply's steps.
func (p *Progress) Step(event sync.Event) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byName[event.Env]
	if e != nil {
		e.step(event)
	}
	if event.Result == nil || p.verbosity == Results {
		return
	}
	fine := event.Result.Outcome == sync.Done || event.Result.Outcome == sync.Settled
	if p.live != nil && fine {
		return // the live line counts it
	}
	text := say.Sprintf("%d/%d %s %s: %s", event.Step.Number, event.Steps, event.Step.Call, event.Step.Key, event.Result.Outcome)
	p.print(event.Env, text)
}

// Watch returns a function that reports the calls of an environment.
func (p *Progress) Watch(env string) func(transport.Moment) {
	if p == nil || p.live == nil && p.verbosity != Calls {
		return func(transport.Moment) {}
	}
	return func(m transport.Moment) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if e := p.byName[env]; e != nil {
			e.call(m, p.now())
		}
		if m.Stage == transport.Answered && p.verbosity == Calls {
			p.print(env, say.Text(callLine(m)))
		}
	}
}

// Credentials returns a function that reports the source of an environment's
// credentials.
func (p *Progress) Credentials(env string) func(source string) {
	told := map[string]bool{}
	return func(source string) {
		if p == nil || p.verbosity != Calls || told[source] {
			return
		}
		told[source] = true
		p.mu.Lock()
		defer p.mu.Unlock()
		p.print(env, say.Sprintf("credentials: %s", source))
	}
}

// callLine describes one attempt at a call.
func callLine(m transport.Moment) string {
	text := m.System + ": " + callOf(m)
	switch {
	case m.Status == 0:
		text += ": no answer"
	default:
		text += fmt.Sprintf(": status %d", m.Status)
	}
	if m.Code != "" {
		text += " " + m.Code
	}
	text += fmt.Sprintf(", %v, attempt %d", m.Duration.Round(time.Millisecond), m.Attempt)
	if waited := m.Waited.Round(100 * time.Millisecond); waited > 0 {
		text += fmt.Sprintf(", after %v of waiting", waited)
	}
	return text
}
