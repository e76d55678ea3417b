package progress

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"authsync/cli/progress/screen"
	"authsync/remote/transport"
	"authsync/schema"
	"authsync/sync"
	"authsync/sync/fleet"
)

// clock stands until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newClock() *clock { return &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

// flown is a moment of a call on a provider.
func flown(serial int64, stage transport.Stage, name string, until time.Time) transport.Moment {
	return transport.Moment{Serial: serial, Stage: stage, Until: until,
		Object:   schema.Key{Kind: "provider", Name: name},
		Exchange: transport.Exchange{System: "cloudbase", Call: "ModifyProvider", Attempt: 1}}
}

// A live line says what is under way, how far it is, and how long the limiter
// takes.
func TestLiveLine(t *testing.T) {
	c := newClock()
	e := &environment{name: "prod", stage: fleet.Applying, began: c.at}
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
			e.call(flown(1, transport.Sending, "github", time.Time{}), c.at)
		}, "prod: applying, 0/12, ModifyProvider provider/github"},
		{"that takes long", func() { c.at = c.at.Add(4 * time.Second) }, "prod: applying, 0/12, ModifyProvider provider/github for 4s"},
		{"two are held by the limiter", func() {
			e.call(flown(2, transport.Limited, "corp", c.at.Add(1200*time.Millisecond)), c.at)
			e.call(flown(3, transport.Limited, "old", c.at.Add(7*time.Second)), c.at)
		}, "prod: applying, 0/12, rate limit: about 7s left, ModifyProvider provider/github for 4s and 2 more"},
		{"at the pace of the steps behind", func() {
			result(sync.Done)
			result(sync.Failed)
		}, "prod: applying, 2/12, 1 failed, rate limit: about 20s left, ModifyProvider provider/github for 4s and 2 more"},
		{"one ends", func() { e.call(flown(1, transport.Finished, "github", time.Time{}), c.at) },
			"prod: applying, 2/12, 1 failed, rate limit: about 20s left, ModifyProvider provider/corp and 1 more"},
		{"none is held any more", func() {
			e.call(flown(2, transport.Finished, "corp", time.Time{}), c.at)
			e.call(flown(3, transport.Pausing, "old", c.at.Add(time.Second)), c.at)
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
func saidIn(p *Progress, c *clock) {
	steps := func(env string, number int, outcome sync.Outcome) {
		s := &sync.Step{Number: number, Key: schema.Key{Kind: "provider", Name: "a\x1b[2J"}, Call: sync.Call{Action: "ModifyProvider"}}
		p.Step(sync.Event{Env: env, Steps: 2, Step: s})
		c.at = c.at.Add(time.Second)
		p.Step(sync.Event{Env: env, Steps: 2, Step: s, Result: &sync.StepResult{Step: *s, Outcome: outcome}})
	}
	p.Begin(fleet.Applying, "dev", "prod")
	steps("dev", 1, sync.Done)
	steps("prod", 1, sync.Done)
	steps("dev", 2, sync.Failed)
	p.Ended("dev")
	steps("prod", 2, sync.Done)
	p.Ended("prod")
	p.End()
}

// Lines of environments that run at once do not mix in folded groups.
func TestGroups(t *testing.T) {
	const dev = "2026-01-02T03:04:06Z dev: 1/2 ModifyProvider provider/\"a\\x1b[2J\": done\n" +
		"2026-01-02T03:04:08Z dev: 2/2 ModifyProvider provider/\"a\\x1b[2J\": failed\n"
	const prod = "2026-01-02T03:04:07Z prod: 1/2 ModifyProvider provider/\"a\\x1b[2J\": done\n" +
		"2026-01-02T03:04:09Z prod: 2/2 ModifyProvider provider/\"a\\x1b[2J\": done\n"
	for _, row := range []struct{ variable, want string }{
		{"GITHUB_ACTIONS", "::group::dev: applying\n" + dev + "::endgroup::\n::group::prod: applying\n" + prod + "::endgroup::\n"},
		{"GITLAB_CI", "\x1b[0Ksection_start:1767323045:authsync_dev__applying[collapsed=true]\r\x1b[0Kdev: applying\n" + dev +
			"\x1b[0Ksection_end:1767323048:authsync_dev__applying\r\x1b[0K\n" +
			"\x1b[0Ksection_start:1767323045:authsync_prod__applying[collapsed=true]\r\x1b[0Kprod: applying\n" + prod +
			"\x1b[0Ksection_end:1767323049:authsync_prod__applying\r\x1b[0K\n"},
	} {
		t.Run(row.variable, func(t *testing.T) {
			t.Setenv(row.variable, "true")
			c := newClock()
			var out bytes.Buffer
			saidIn(&Progress{w: &out, now: c.now, stamped: true, folding: foldingOf(os.LookupEnv)}, c)
			if diff := cmp.Diff(row.want, out.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// On a terminal what went wrong stays, and nothing else does.
func TestLiveProgress(t *testing.T) {
	c, s := newClock(), screen.New(70, 10)
	p := &Progress{w: s, now: c.now, live: &live{w: s, size: s.Size}}
	p.Begin(fleet.Reading, "dev", "prod")
	if want := "dev: reading, 0 calls\nprod: reading, 0 calls"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	p.Watch("dev")(flown(1, transport.Sending, "b\x1b[2J", time.Time{}))
	p.mu.Lock()
	p.paint()
	p.mu.Unlock()
	if want := "dev: reading, 0 calls, ModifyProvider provider/\"b\\x1b[2J\"\nprod: reading, 0 calls"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	p.End()
	if s.String() != "" {
		t.Errorf("left: %q", s)
	}
	saidIn(p, c)
	if want := `dev: 2/2 ModifyProvider provider/"a\x1b[2J": failed`; s.String() != want {
		t.Errorf("left: %q, want %q", s, want)
	}
}

// Where there is no room for all environments, those that are done go first.
func TestLiveRoom(t *testing.T) {
	c, s := newClock(), screen.New(70, 5)
	p := &Progress{w: s, now: c.now, live: &live{w: s, size: s.Size}}
	p.Begin(fleet.Reading, "a", "b", "c", "d")
	p.Watch("d")(flown(1, transport.Sending, "x", time.Time{}))
	p.Ended("a")
	p.mu.Lock()
	p.paint()
	p.mu.Unlock()
	if want := "d: reading, 0 calls, ModifyProvider provider/x\nb: reading, 0 calls\nand 2 more"; s.String() != want {
		t.Errorf("%q, want %q", s, want)
	}
	p.End()
}
