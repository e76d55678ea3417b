//go:build unix

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What has written nothing ends at the first signal, also where it waits for the other
// end of a pipe to say something.
func TestAFirstSignalEndsTheWaitForAPipe(t *testing.T) {
	for name, args := range map[string][]string{
		"a manifest":           {"validate", "PIPE"},
		"a manifest to plan":   {"plan", "PIPE"},
		"an identity":          {"secrets", "check", "../examples/envs", "--identity", "PIPE"},
		"an identity to plan":  {"plan", "../examples/envs", "--identity", "PIPE"},
		"a saved plan":         {"apply", "--plan", "PIPE"},
		"an identity to apply": {"apply", "../examples/envs", "--identity", "PIPE"},
		"a manifest to search": {"secrets", "open", "--in", "PIPE", "--path", "login"},
	} {
		t.Run(name, func(t *testing.T) {
			exampleSandbox(t)
			t.Setenv(raceName, raceOptions)
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			command := exec.Command("authsync", strings.Fields(strings.ReplaceAll(strings.Join(args, " "), "PIPE", pipe))...)
			command.Stderr = &said
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			defer command.Process.Kill()
			// It is there once this end can be opened, and hears nothing from it.
			other, err := os.OpenFile(pipe, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			err = command.Wait()
			if code := command.ProcessState.ExitCode(); code != 1 || said.String() != "authsync: stopped at once: nothing was written\n" {
				t.Errorf("exit code %d, %v: %s", code, err, &said)
			}
		})
	}
}
