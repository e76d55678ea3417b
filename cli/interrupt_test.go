package cli

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
)

// Once work was abandoned as unwritten it does not begin to write, and work that has
// begun is not abandoned as unwritten: what a run says of itself stays true.
func TestWorkEitherWritesOrIsAbandoned(t *testing.T) {
	abandoned := new(firstWrite)
	if !abandoned.abandon() || abandoned.begin() || !abandoned.abandon() {
		t.Error("abandoned work may write")
	}
	began := new(firstWrite)
	if !began.begin() || began.abandon() || !began.begin() {
		t.Error("work that writes can be abandoned as unwritten")
	}
}

// The second signal ends a run while a call is about to begin: the run has said that
// nothing was written, so the call is not made.
func TestNoCallBeginsAfterARunWasAbandoned(t *testing.T) {
	heard(t, syscall.SIGTERM)
	unwritten := errors.New("nothing was written")
	writing, release, begun := new(firstWrite), make(chan struct{}), make(chan bool)
	err := attended(io.Discard, writing, unwritten, func() error {
		self, err := os.FindProcess(os.Getpid())
		if err != nil {
			return err
		}
		for range 2 {
			if err := self.Signal(syscall.SIGTERM); err != nil {
				return err
			}
		}
		<-release // a read that is under way
		begun <- writing.begin()
		return nil
	})
	close(release)
	if err != unwritten {
		t.Errorf("the run says %v", err)
	}
	if <-begun {
		t.Error("a call begins in a run that said that nothing was written")
	}
}
