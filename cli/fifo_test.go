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
	exampleSandbox(t)
	t.Setenv(raceName, raceOptions)
	endings := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
	for i, row := range []struct {
		line string
		left error
	}{
		{"validate PIPE", errStoppedReading},
		{"plan PIPE", errStoppedReading},
		{"plan ENVS --identity PIPE", errStoppedReading},
		{"drift ENVS --identity PIPE", errStoppedReading},
		{"apply --plan PIPE", errStoppedReading},
		{"apply ENVS --identity PIPE --yes", errStoppedReading},
		{"undo ENVS --env dev --identity PIPE --from /dev/null", errStoppedReading},
		{"check ENVS --identity PIPE --yes", errStoppedTrying},
		{"export ENVS/dev.yaml --identity PIPE", errStoppedKeeping},
		{"secrets check ENVS --identity PIPE", errStoppedReading},
		{"secrets open --in PIPE --path login", errStoppedReading},
		{"secrets open --in ENVS/dev.yaml --path providers.github.config.clientSecret --identity PIPE", errStoppedReading},
		{"secrets open --textconv PIPE", errStoppedReading},
		{"secrets rekey ENVS --identity PIPE", errStoppedKeeping},
		{"secrets edit ENVS/dev.yaml --identity PIPE", errStoppedReading},
		{"merge-driver PIPE ENVS/dev.yaml ENVS/dev.yaml", errStoppedKeeping},
		{"sandbox --listen 127.0.0.1:0 --seed PIPE", errStoppedReading},
		{"sandbox --listen 127.0.0.1:0 --quirks PIPE", errStoppedReading},
	} {
		t.Run(row.line, func(t *testing.T) {
			t.Parallel()
			heard(t, endings[i%len(endings)])
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			var said strings.Builder
			line := strings.NewReplacer("ENVS", exampleEnvs(t), "PIPE", pipe).Replace(row.line)
			command := exec.Command("authsync", strings.Fields(line)...)
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
			if err := command.Process.Signal(endings[i%len(endings)]); err != nil {
				t.Fatal(err)
			}
			err = command.Wait()
			if code := command.ProcessState.ExitCode(); code != 1 || !strings.HasSuffix(said.String(), "authsync: "+row.left.Error()+"\n") {
				t.Errorf("exit code %d, %v: %s", code, err, &said)
			}
		})
	}
}
