//go:build unix

package cli

import (
	"os/signal"
	"syscall"
	"testing"
)

// heard skips a test of a signal that the tests' own start has had ignored, as
// nohup does: their children ignore it too.
func heard(t *testing.T, s syscall.Signal) {
	t.Helper()
	if signal.Ignored(s) {
		t.Skipf("%s is ignored here from the start", s)
	}
}
