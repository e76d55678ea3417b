//go:build unix

package atomicfile

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where a file may not become so large, nothing is reserved, and nothing left.
func TestReserveWithoutRoom(t *testing.T) {
	if dir := os.Getenv("RESERVE_IN"); dir != "" {
		if _, err := Reserve(filepath.Join(dir, "a.yaml"), 1<<20, 0o600); err != nil {
			os.Stdout.WriteString(err.Error())
		}
		os.Exit(0) // go test would write what it counts, and has no room for it
	}
	dir := t.TempDir()
	self := exec.Command("sh", "-c", `trap '' XFSZ; ulimit -f 8; exec "$0" -test.run '^TestReserveWithoutRoom$'`, os.Args[0])
	self.Env = append(os.Environ(), "RESERVE_IN="+dir)
	said, err := self.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "a.yaml: there is no room for it") {
		t.Errorf("%s, %v", said, err)
	}
	alone(t, dir)
}
