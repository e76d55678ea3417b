package cli

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// The sandbox as a user starts it: its first line says where it listens, it
// plays the services, and a signal ends it in good order.
func TestSandboxCommand(t *testing.T) {
	for name, signal := range map[string]os.Signal{"interrupt": os.Interrupt, "terminate": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			secluded(t)
			t.Setenv(raceName, raceOptions)
			command := exec.Command("authsync", "sandbox", "--listen", "127.0.0.1:0", "--seed", "../examples/sandbox")
			command.Stderr = os.Stderr
			out, err := command.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			defer command.Process.Kill()
			lines := bufio.NewReader(out)
			first, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			url, ok := strings.CutPrefix(strings.TrimSpace(first), "sandbox listening on ")
			if !ok {
				t.Fatalf("the first line is %q", first)
			}
			plan := must(t, 0, "plan", "../examples/envs", "--env", "staging", "--sandbox", url)
			if !strings.Contains(plan.out, "nothing to do") {
				t.Errorf("the plan of staging:\n%s", plan.out)
			}
			if err := command.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
				t.Errorf("after its first line it wrote %q, %v", rest, err)
			}
			if err := command.Wait(); err != nil {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}
