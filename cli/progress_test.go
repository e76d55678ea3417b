package cli

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/creack/pty"

	"authsync/cli/progress/screen"
)

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
	s := screen.New(200, 50)
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
			s := screen.New(100, 24)
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
