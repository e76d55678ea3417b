package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/remote/transport"
)

// paced is a clock that passes the time of a wait at once, and what a test does in it.
type paced struct {
	passed time.Duration
	waited []time.Duration
	during func() error
}

func (p *paced) Now() time.Time { return time.Now().Add(p.passed) }

func (p *paced) Wait(_ context.Context, d time.Duration) error {
	p.waited = append(p.waited, d.Round(time.Minute))
	if err := p.during(); err != nil {
		return err
	}
	p.passed += d
	return nil
}

// applyPaced applies a folder by a test's clock.
func applyPaced(t *testing.T, p *paced, args ...string) (said string, err error) {
	t.Helper()
	var messages bytes.Buffer
	s := Streams{In: strings.NewReader(""), Out: io.Discard, Err: &messages}
	command := applyCommand(s)
	command.Action = func(c *cli.Context) error {
		o, err := readApply(c, new(firstWrite))
		if err != nil {
			return err
		}
		o.access, o.pace = transport.ReadWrite, p
		return carryOut(c.Context, o, o.planning(), s)
	}
	app := &cli.App{Commands: []*cli.Command{command}, Writer: s.Out, ErrWriter: s.Err, ExitErrHandler: func(*cli.Context, error) {}}
	err = app.Run(append([]string{"authsync", "apply"}, args...))
	return messages.String(), err
}

// soakWorld is a sandbox with two environments, and manifests that order them.
func soakWorld(t *testing.T) (envs string) {
	secluded(t)
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("apiVersion: authsync/v1\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tier := range []string{"dev", "prod"} {
		head := fmt.Sprintf("kind: Environment\nname: %s\nlabels: {tier: %s}\nsystems: {cloudbase: {envId: acme-%s}}\n", tier, tier, tier)
		write("live/"+tier+".yaml", head+"clients: {default: {maxDevice: 1}}\n")
		write("envs/"+tier+".yaml", head+"clients: {default: {maxDevice: 3}}\n")
		write("hand/"+tier+".yaml", head+"clients: {default: {maxDevice: 2}}\n")
	}
	write("envs/rollout.yaml", "kind: Rollout\nwaves:\n- {select: {tier: dev}, soak: 10m}\n- {select: {}, soak: 1h}\n")
	t.Setenv("AUTHSYNC_SANDBOX", serve(t, sandboxOptions{seed: filepath.Join(dir, "live")}))
	return filepath.Join(dir, "envs")
}

func quietTime() error { return nil }

// A wave waits until the one before has soaked, and nothing waits for the last one.
func TestAWaveSoaks(t *testing.T) {
	envs := soakWorld(t)
	p := &paced{during: quietTime}
	said, err := applyPaced(t, p, "--yes", envs)
	if err != nil || !slices.Equal(p.waited, []time.Duration{10 * time.Minute}) {
		t.Fatalf("%v; waited %v\n%s", err, p.waited, said)
	}
	if !strings.Contains(said, "wave 1 of 2 has ended; the next one begins at ") {
		t.Errorf("it does not say that it waits:\n%s", said)
	}
	must(t, 0, "plan", envs, "--exit-code")
	// Where nothing is to do, nothing waits.
	p = &paced{during: quietTime}
	if said, err := applyPaced(t, p, "--yes", envs); err != nil || len(p.waited) > 0 {
		t.Errorf("%v; waited %v\n%s", err, p.waited, said)
	}
}

// A wave waits for all before it, though the last of them has nothing to do, or is not in
// the run.
func TestAWaveWaitsForAllBeforeIt(t *testing.T) {
	envs := soakWorld(t)
	for name, text := range map[string]string{
		"still.yaml":   "kind: Environment\nname: still\nlabels: {tier: still}\nsystems: {cloudbase: {envId: acme-still}}\n",
		"rollout.yaml": "kind: Rollout\nwaves:\n- {select: {tier: dev}, soak: 10m}\n- {select: {tier: still}}\n- {select: {}}\n",
	} {
		if err := os.WriteFile(filepath.Join(envs, name), []byte("apiVersion: authsync/v1\n"+text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := &paced{during: quietTime}
	if said, err := applyPaced(t, p, "--yes", envs); err != nil || !slices.Equal(p.waited, []time.Duration{10 * time.Minute}) {
		t.Fatalf("%v; waited %v\n%s", err, p.waited, said)
	}
}

// What moves while a wave soaks keeps the next one from beginning.
func TestAWaveThatMovesStopsTheNext(t *testing.T) {
	envs := soakWorld(t)
	hand := filepath.Join(filepath.Dir(envs), "hand", "dev.yaml")
	p := &paced{during: func() error {
		must(t, 0, "apply", hand, "--yes", "--state-dir", t.TempDir())
		return nil
	}}
	said, err := applyPaced(t, p, "--yes", envs)
	var ended *exit
	if !errors.As(err, &ended) || ended.code != CodePartly || !strings.Contains(err.Error(), "not begun, since wave 1 of 2 did not stay as it was applied: dev: client/default changed") {
		t.Fatalf("%v\n%s", err, said)
	}
}

// An interrupt ends the wait; the run that goes on waits for the rest, and no longer.
func TestAnInterruptedSoakGoesOn(t *testing.T) {
	envs := soakWorld(t)
	p := &paced{during: func() error { return context.Canceled }}
	_, err := applyPaced(t, p, "--yes", envs)
	var ended *exit
	if !errors.As(err, &ended) || ended.code != CodePartly || !strings.Contains(err.Error(), "not begun, since the run was interrupted while wave 1 of 2 soaked") {
		t.Fatal(err)
	}
	p = &paced{during: quietTime, passed: 4 * time.Minute}
	if said, err := applyPaced(t, p, "--yes", envs); err != nil || !slices.Equal(p.waited, []time.Duration{6 * time.Minute}) {
		t.Errorf("%v; waited %v\n%s", err, p.waited, said)
	}
}
