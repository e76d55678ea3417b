package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"authsync/remote"
	"authsync/schema"
	"authsync/sync"
)

// clock stands until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

// flown is a moment of a call on a provider.
func flown(serial int64, stage remote.Stage, name string, until time.Time) remote.Moment {
	return remote.Moment{Serial: serial, Stage: stage, Until: until,
		Object:   schema.Key{Kind: "provider", Name: name},
		Exchange: remote.Exchange{System: "cloudbase", Call: "ModifyProvider", Attempt: 1}}
}

// A live line says what is under way, how far it is, and how long the limiter
// takes.
func TestLiveLine(t *testing.T) {
	c := newClock()
	e := &course{name: "prod", phase: applying, began: c.at}
	result := func(outcome sync.Outcome) {
		e.step(sync.Event{Env: "prod", Steps: 12, Step: &sync.Step{}, Result: &sync.StepResult{Outcome: outcome}})
	}
	for _, row := range []struct {
		name string
		do   func()
		want string
	}{
		{"nothing yet", func() {}, "prod: applying, 0 calls"},
		{"a step", func() {
			e.step(sync.Event{Env: "prod", Steps: 12, Step: &sync.Step{}})
			e.call(flown(1, remote.Sending, "github", time.Time{}), c.at)
		}, "prod: applying, 0/12, ModifyProvider provider/github"},
		{"that takes long", func() { c.at = c.at.Add(4 * time.Second) }, "prod: applying, 0/12, ModifyProvider provider/github for 4s"},
		{"two are held by the limiter", func() {
			e.call(flown(2, remote.Limited, "corp", c.at.Add(1200*time.Millisecond)), c.at)
			e.call(flown(3, remote.Limited, "old", c.at.Add(7*time.Second)), c.at)
		}, "prod: applying, 0/12, rate limit: about 7s left, ModifyProvider provider/github for 4s and 2 more"},
		{"at the pace of the steps behind", func() {
			result(sync.Done)
			result(sync.Failed)
		}, "prod: applying, 2/12, 1 failed, rate limit: about 20s left, ModifyProvider provider/github for 4s and 2 more"},
		{"one ends", func() { e.call(flown(1, remote.Finished, "github", time.Time{}), c.at) },
			"prod: applying, 2/12, 1 failed, rate limit: about 20s left, ModifyProvider provider/corp and 1 more"},
		{"none is held any more", func() {
			e.call(flown(2, remote.Finished, "corp", time.Time{}), c.at)
			e.call(flown(3, remote.Pausing, "old", c.at.Add(time.Second)), c.at)
		}, "prod: applying, 2/12, 1 failed, ModifyProvider provider/old failed, attempt 2 follows"},
		{"the end", func() { e.over = true }, "prod: applying, 2/12, 1 failed, done"},
	} {
		row.do()
		if got := e.line(c.at); got != row.want {
			t.Errorf("%s: %q, want %q", row.name, got, row.want)
		}
	}
}

// told plays two environments whose steps come in turn.
func saidIn(p *progress, c *clock) {
	steps := func(env string, number int, outcome sync.Outcome) {
		s := &sync.Step{Number: number, Key: schema.Key{Kind: "provider", Name: "a\x1b[2J"}, Call: sync.Call{Action: "ModifyProvider"}}
		p.step(sync.Event{Env: env, Steps: 2, Step: s})
		c.at = c.at.Add(time.Second)
		p.step(sync.Event{Env: env, Steps: 2, Step: s, Result: &sync.StepResult{Step: *s, Outcome: outcome}})
	}
	p.begin(applying, "dev", "prod")
	steps("dev", 1, sync.Done)
	steps("prod", 1, sync.Done)
	steps("dev", 2, sync.Failed)
	p.ended("dev")
	steps("prod", 2, sync.Done)
	p.ended("prod")
	p.end()
}

// Lines of environments that run at once do not mix in folded groups.
func TestGroups(t *testing.T) {
	const dev = "2026-01-02T03:04:06Z dev: 1/2 ModifyProvider provider/a\\x1b[2J: done\n" +
		"2026-01-02T03:04:08Z dev: 2/2 ModifyProvider provider/a\\x1b[2J: failed\n"
	const prod = "2026-01-02T03:04:07Z prod: 1/2 ModifyProvider provider/a\\x1b[2J: done\n" +
		"2026-01-02T03:04:09Z prod: 2/2 ModifyProvider provider/a\\x1b[2J: done\n"
	for _, row := range []struct{ variable, want string }{
		{"GITHUB_ACTIONS", "::group::dev: applying\n" + dev + "::endgroup::\n::group::prod: applying\n" + prod + "::endgroup::\n"},
		{"GITLAB_CI", "\x1b[0Ksection_start:1767323045:authsync_dev__applying[collapsed=true]\r\x1b[0Kdev: applying\n" + dev +
			"\x1b[0Ksection_end:1767323048:authsync_dev__applying\r\x1b[0K\n" +
			"\x1b[0Ksection_start:1767323045:authsync_prod__applying[collapsed=true]\r\x1b[0Kprod: applying\n" + prod +
			"\x1b[0Ksection_end:1767323049:authsync_prod__applying\r\x1b[0K\n"},
	} {
		t.Run(row.variable, func(t *testing.T) {
			secluded(t)
			t.Setenv(row.variable, "true")
			c := newClock()
			var out bytes.Buffer
			saidIn(&progress{w: &out, now: c.now, stamped: true, folding: foldingHere()}, c)
			if diff := cmp.Diff(row.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// On a terminal what went wrong stays, and nothing else does.
func TestLiveProgress(t *testing.T) {
	c, s := newClock(), &screen{columns: 70, rows: 10}
	p := &progress{w: s, now: c.now, live: &live{w: s, size: s.size}}
	p.begin(reading, "dev", "prod")
	if want := "dev: reading, 0 calls\nprod: reading, 0 calls"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	p.watch("dev")(flown(1, remote.Sending, "b\x1b[2J", time.Time{}))
	p.mu.Lock()
	p.paint()
	p.mu.Unlock()
	if want := "dev: reading, 0 calls, ModifyProvider provider/b\\x1b[2J\nprod: reading, 0 calls"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	p.end()
	if s.String() != "" {
		t.Errorf("left: %q", s)
	}
	saidIn(p, c)
	if want := `dev: 2/2 ModifyProvider provider/a\x1b[2J: failed`; s.String() != want {
		t.Errorf("left: %q, want %q", s, want)
	}
}

// Where there is no room for all environments, those that are done go first.
func TestLiveRoom(t *testing.T) {
	c, s := newClock(), &screen{columns: 70, rows: 5}
	p := &progress{w: s, now: c.now, live: &live{w: s, size: s.size}}
	p.begin(reading, "a", "b", "c", "d")
	p.watch("d")(flown(1, remote.Sending, "x", time.Time{}))
	p.ended("a")
	p.mu.Lock()
	p.paint()
	p.mu.Unlock()
	if want := "d: reading, 0 calls, ModifyProvider provider/x\nb: reading, 0 calls\nand 2 more"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	p.end()
}

// An interrupt ends a run in good order: the live lines go, and what stands is
// what was not done and why.
func TestInterruptedProgress(t *testing.T) {
	url := exampleSandbox(t)
	if err := ask("POST", url+"/_sandbox/faults", `{"match": "ModifyLoginConfig", "fault": "timeout"}`); err != nil {
		t.Fatal(err)
	}
	person, program := terminal(t)
	command := exec.Command("authsync", "apply", exampleEnvs(t), "--env", "dev", "--yes", "--timeout", "1s")
	command.Env = append(os.Environ(), "TERM=xterm")
	command.Stderr = program
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	program.Close()
	s := &screen{columns: 200, rows: 50}
	interrupted := false
	piece := make([]byte, 4096)
	for {
		n, err := person.Read(piece)
		s.Write(piece[:n])
		if !interrupted && strings.Contains(s.String(), "ModifyLoginConfig login") {
			interrupted = true
			if err := command.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
		}
		if err != nil {
			break // the program has closed its end
		}
	}
	err := command.Wait()
	if !interrupted {
		t.Fatalf("the call was never seen under way: %v\n%s", err, s)
	}
	if left := s.String(); strings.Contains(left, "applying") || strings.Contains(left, "\x1b") || !strings.Contains(left, "authsync: ") {
		t.Errorf("left on the terminal:\n%s", left)
	}
}

// A run at a terminal shows live lines and leaves none: what stands there at its
// end is what stands in a file. Where a terminal is none for live lines, there
// are the plain ones.
func TestProgressOnTerminal(t *testing.T) {
	for _, row := range []struct {
		name  string
		env   map[string]string
		flags []string
		live  bool
		lines string // a part of what stays
	}{
		{name: "terminal", live: true},
		{name: "without colour", env: map[string]string{"NO_COLOR": "1"}, live: true},
		{name: "quiet", flags: []string{"--quiet"}},
		{name: "verbose", flags: []string{"--verbose"}, lines: "Z dev: cloudbase: DescribeLoginConfig login: status 200, "},
		{name: "CI", env: map[string]string{"CI": "false"}, lines: "Z dev: 1/4 "},
		{name: "dumb terminal", env: map[string]string{"TERM": "dumb"}, lines: "\ndev: 2/4 "},
	} {
		t.Run(row.name, func(t *testing.T) {
			exampleSandbox(t)
			t.Setenv("TERM", "xterm-256color")
			for name, value := range row.env {
				t.Setenv(name, value)
			}
			person, program := terminal(t)
			if err := pty.Setsize(program, &pty.Winsize{Rows: 24, Cols: 100}); err != nil {
				t.Fatal(err)
			}
			var raw bytes.Buffer
			s := &screen{columns: 100, rows: 24}
			var reader stdsync.WaitGroup
			reader.Go(func() { io.Copy(io.MultiWriter(&raw, s), person) })
			var out bytes.Buffer
			args := append([]string{"authsync", "apply", exampleEnvs(t), "--env", "dev", "--yes"}, row.flags...)
			code := Main(args, Streams{In: strings.NewReader(""), Out: &out, Err: program})
			program.Close()
			reader.Wait()
			if code != 0 {
				t.Fatalf("exit code %d\n%s", code, s)
			}
			for _, shown := range []string{"dev: reading, 0 calls", "dev: applying, "} {
				if got := strings.Contains(raw.String(), shown); got != row.live {
					t.Errorf("shows %q: %v, want %v\n%q", shown, got, row.live, raw.String())
				}
			}
			if !row.live && strings.Contains(raw.String(), "\x1b") {
				t.Errorf("it moves the cursor:\n%q", raw.String())
			}
			if colour.MatchString(raw.String()) {
				t.Errorf("progress has colour:\n%q", raw.String())
			}
			left := "\n" + s.String()
			if row.lines == "" && left != "\n" {
				t.Errorf("left on the terminal:\n%s", left)
			}
			if !strings.Contains(left, row.lines) {
				t.Errorf("%q is missing in\n%s", row.lines, left)
			}
			if !strings.Contains(out.String(), "dev: 4 of 4 calls done") {
				t.Errorf("no report:\n%s", out.String())
			}
		})
	}
}
