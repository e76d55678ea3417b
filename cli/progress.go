package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	stdsync "sync"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"authsync/remote"
	"authsync/sync"
)

// verbosity is how much is told while a run goes on.
type verbosity int

const (
	steps   verbosity = iota // a line for each step
	results                  // nothing until the end
	calls                    // each attempt at each call besides
)

// progress tells on standard error how a run goes on: by a live line for each
// environment where there is a terminal, else by plain lines, which a CI system
// folds. A nil one tells nothing. It is safe for concurrent use.
type progress struct {
	w         io.Writer
	verbosity verbosity
	now       func() time.Time
	stamped   bool     // lines begin with the time
	folding   *folding // nil = none
	live      *live    // nil = plain lines

	mu      stdsync.Mutex
	envs    []*course // of the phase that is under way, in order
	byName  map[string]*course
	stopped chan struct{} // closed at the end of the phase
	painter stdsync.WaitGroup
}

// progressFlags are those that say how much is told.
func progressFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "quiet", Usage: "print results and errors only, no progress"},
		&cli.BoolFlag{Name: "verbose", Usage: "print each call with its object, status, duration and attempt; never a body"},
	}
}

// readProgress decides by the flags and by what authsync runs in.
func readProgress(c *cli.Context) (*progress, error) {
	p := &progress{w: c.App.ErrWriter, now: time.Now, folding: foldingHere()}
	switch {
	case c.Bool("quiet") && c.Bool("verbose"):
		return nil, errors.New("--quiet and --verbose: give one of them")
	case c.Bool("quiet"):
		p.verbosity = results
	case c.Bool("verbose"):
		p.verbosity = calls
	}
	ci, _ := lookupEnv("CI")
	pipeline := ci != "" || p.folding != nil
	p.stamped = pipeline || p.verbosity == calls
	kind, _ := lookupEnv("TERM")
	if p.verbosity == steps && !pipeline && kind != "dumb" && isTerminal(p.w) {
		p.live = &live{w: p.w, size: terminalSize(p.w)}
	}
	return p, nil
}

// terminalSize asks a terminal for its size, each time anew.
func terminalSize(w io.Writer) func() (columns, rows int) {
	return func() (int, int) {
		if f, ok := w.(*os.File); ok {
			if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
				return columns, rows
			}
		}
		return 80, 24
	}
}

// repaint is how often the live lines are painted, if they have changed.
const repaint = 100 * time.Millisecond

// begin opens a phase of a run. The phase goes on until [progress.end].
func (p *progress) begin(phase phase, names ...string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.envs, p.byName = nil, map[string]*course{}
	for _, name := range names {
		e := &course{name: name, phase: phase, began: p.now()}
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

func (p *progress) paint() {
	now := p.now()
	envs := p.envs
	if _, rows := p.live.size(); len(envs) > roomIn(rows) { // those that are done are missed least
		envs = slices.Clone(envs)
		slices.SortStableFunc(envs, func(a, b *course) int { return cmp.Compare(a.standing(), b.standing()) })
	}
	lines := make([]string, len(envs))
	for i, e := range envs {
		lines[i] = harmless(e.line(now))
	}
	p.live.paint(lines)
}

// ended closes an environment's part of a phase: its lines are folded.
func (p *progress) ended(name string) {
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

// fold prints the lines that were kept for a group, or ends a group that was
// opened. An environment without lines has none.
func (p *progress) fold(e *course) {
	if p.folding == nil || !e.folds {
		return
	}
	if len(p.envs) > 1 {
		io.WriteString(p.w, p.folding.open(e.title(), e.began)+e.kept.String())
	}
	io.WriteString(p.w, p.folding.shut(e.title(), p.now()))
	e.folds = false
	e.kept.Reset()
}

// end closes the phase, if there is one, and leaves nothing of it on a terminal
// but the lines that stay.
func (p *progress) end() {
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

// messages is where messages go that are neither results nor errors: nowhere in
// a quiet run.
func (p *progress) messages(w io.Writer) io.Writer {
	if p != nil && p.verbosity == results {
		return io.Discard
	}
	return w
}

// print prints a line about an environment. Where several environments would
// be in each other's group, it is kept until its own is done; that of a single
// one is printed at once.
func (p *progress) print(env, text string) {
	line := harmless(env + ": " + text)
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
		io.WriteString(p.w, p.folding.open(e.title(), e.began))
	}
	io.WriteString(p.w, line+"\n")
}

// step is told how the steps of an apply go on.
func (p *progress) step(event sync.Event) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	e := p.byName[event.Env]
	if e != nil {
		e.step(event)
	}
	if event.Result == nil || p.verbosity == results {
		return
	}
	fine := event.Result.Outcome == sync.Done || event.Result.Outcome == sync.Settled
	if p.live != nil && fine {
		return // the live line counts it
	}
	text := fmt.Sprintf("%d/%d %s %s: %s", event.Step.Number, event.Steps, event.Step.Call, event.Step.Key, event.Result.Outcome)
	if event.Result.Outcome == sync.Skipped {
		text += ", since " + event.Result.Err.Error()
	}
	p.print(event.Env, text)
}

// watch is what is told of the calls of an environment.
func (p *progress) watch(env string) func(remote.Moment) {
	if p == nil || p.live == nil && p.verbosity != calls {
		return func(remote.Moment) {}
	}
	return func(m remote.Moment) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if e := p.byName[env]; e != nil {
			e.call(m, p.now())
		}
		if m.Stage == remote.Answered && p.verbosity == calls {
			p.print(env, callLine(m))
		}
	}
}

// callLine tells of one attempt at a call.
func callLine(m remote.Moment) string {
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
