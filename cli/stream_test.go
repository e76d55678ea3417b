//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"authsync/remote/sandbox"
)

// unreadPipe is a pipe whose reader is gone.
func unreadPipe(t *testing.T) *os.File {
	t.Helper()
	reads, writes, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reads.Close()
	t.Cleanup(func() { writes.Close() })
	return writes
}

// fullDisk is a file that takes nothing.
func fullDisk(t *testing.T) *os.File {
	t.Helper()
	file, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full: ", err)
	}
	t.Cleanup(func() { file.Close() })
	return file
}

// Whoever reads what authsync prints may go away, and a disk may be full. No
// signal ends a run then, and its exit code is true.
func TestOutputThatBreaks(t *testing.T) {
	type outputs func(t *testing.T) (out, err *os.File)
	closedOut := func(t *testing.T) (*os.File, *os.File) { return unreadPipe(t), nil }
	closedErr := func(t *testing.T) (*os.File, *os.File) { return nil, unreadPipe(t) }
	closedBoth := func(t *testing.T) (*os.File, *os.File) { return unreadPipe(t), unreadPipe(t) }
	fullOut := func(t *testing.T) (*os.File, *os.File) { return fullDisk(t), nil }
	fullErr := func(t *testing.T) (*os.File, *os.File) { return nil, fullDisk(t) }
	apply := []string{"apply", "--yes"}
	for _, row := range []struct {
		name    string
		args    []string
		outputs outputs
		code    Code
		writes  int
		said    string
	}{
		{"apply, nobody reads stdout", apply, closedOut, CodeDone, 4, "warning: standard output was closed before all was written; the run went on to its end\n"},
		{"apply, nobody reads stderr", apply, closedErr, CodeDone, 4, ""},
		{"apply, nobody reads either", apply, closedBoth, CodeDone, 4, ""},
		{"apply in detail, nobody reads either", []string{"apply", "--yes", "--verbose"}, closedBoth, CodeDone, 4, ""},
		{"apply, stdout is full", apply, fullOut, CodeError, 0, "authsync: the plan could not be shown, and nothing was written: /dev/stdout: no space left on device\n"},
		{"apply, stderr is full", apply, fullErr, CodeDone, 4, ""},
		{"plan, nobody reads stdout", []string{"plan"}, closedOut, CodeDone, 0, ""},
		{"plan with a code, nobody reads stdout", []string{"plan", "--exit-code"}, closedOut, CodeDifferent, 0, ""},
		{"plan, stdout is full", []string{"plan"}, fullOut, CodeError, 0, "no space left on device\n"},
		{"plan with a code, stdout is full", []string{"plan", "--exit-code"}, fullOut, CodeError, 0, "no space left on device\n"},
		{"JSON, stdout is full", []string{"diff", "--format", "json"}, fullOut, CodeError, 0, "no space left on device\n"},
	} {
		t.Run(row.name, func(t *testing.T) {
			url := exampleSandbox(t)
			t.Setenv(raceName, raceOptions)
			var out, said bytes.Buffer
			command := exec.Command("authsync", append([]string{row.args[0], exampleEnvs(t), "--env", "dev"}, row.args[1:]...)...)
			command.Stdout, command.Stderr = &out, &said
			toOut, toErr := row.outputs(t)
			if toOut != nil {
				command.Stdout = toOut
			}
			if toErr != nil {
				command.Stderr = toErr
			}
			command.Run()
			if got := command.ProcessState.ExitCode(); got != int(row.code) {
				t.Errorf("%v, want exit code %d\n%s", command.ProcessState, row.code, said.String())
			}
			if got := len(writesOf(t, url)); got != row.writes {
				t.Errorf("%d calls that write, want %d", got, row.writes)
			}
			if !strings.HasSuffix(said.String(), row.said) {
				t.Errorf("it says\n%s, want at the end\n%s", said.String(), row.said)
			}
		})
	}
}

// A result that did not get out is no success, whatever the command.
func TestResultThatDoesNotGetOut(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"schema"}, {"man"}, {"completion", "bash"}, {"validate", "../examples/envs"}, {"secrets", "keygen"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			secluded(t)
			t.Setenv(raceName, raceOptions)
			for _, to := range []struct {
				file *os.File
				code Code
			}{{unreadPipe(t), CodeDone}, {fullDisk(t), CodeError}} {
				command := exec.Command("authsync", args...)
				command.Stdout = to.file
				command.Run()
				if got := command.ProcessState.ExitCode(); got != int(to.code) {
					t.Errorf("%s: %v, want exit code %d", to.file.Name(), command.ProcessState, to.code)
				}
			}
		})
	}
}

// A hangup ends a run in good order, as an interrupt does, unless it is ignored
// from the start.
func TestHangup(t *testing.T) {
	for _, row := range []struct {
		name, before string
		hangups      int
		code         Code
	}{
		{"once", "", 1, CodePartly},
		{"told by the system and by the shell", "", 2, CodePartly},
		{"nohup", `trap "" HUP; `, 2, CodeDone},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.code != CodeDone {
				heard(t, syscall.SIGHUP)
			}
			secluded(t)
			t.Setenv(raceName, raceOptions)
			t.Setenv("AUTHSYNC_IDENTITY_FILE", "../examples/envs/EXAMPLE-KEY-NOT-SECRET.txt")
			t.Setenv("AUTHSYNC_SANDBOX", serve(t, sandboxOptions{seed: "../examples/sandbox", server: sandbox.Options{Latency: 200 * time.Millisecond}}))
			command := exec.Command("sh", "-c", row.before+`exec authsync apply "$0" --env dev --yes`, exampleEnvs(t))
			told, err := command.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(told)
			var said strings.Builder
			for !strings.Contains(said.String(), "dev: 1/4 ") {
				line, err := lines.ReadString('\n')
				if said.WriteString(line); err != nil {
					t.Fatalf("%v\n%s", err, said.String())
				}
			}
			for range row.hangups {
				command.Process.Signal(syscall.SIGHUP)
			}
			io.Copy(&said, lines)
			command.Wait()
			if got := command.ProcessState.ExitCode(); got != int(row.code) {
				t.Errorf("%v, want exit code %d\n%s", command.ProcessState, row.code, said.String())
			}
			if strings.Contains(said.String(), "stopped at once") {
				t.Errorf("it does not end in good order:\n%s", said.String())
			}
		})
	}
}
