//go:build unix

package cli

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"testing"
)

// A signal ends the work, and one more does not kill the program while it says
// what came of it.
func TestASignalAfterTheEndOfTheWork(t *testing.T) {
	t.Cleanup(func() { signal.Reset(endings()...) })
	first := make(chan os.Signal, 1)
	signal.Notify(first, os.Interrupt)
	tell := func() {
		if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
	}
	err := attended(io.Discard, new(atomic.Bool), errors.New("left"), func() error {
		tell()
		<-first
		return errors.New("done")
	})
	signal.Stop(first)
	tell()
	if err == nil {
		t.Error("no error")
	}
}
