package cli

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

var (
	errStoppedWriting = errors.New("stopped at once: what the call in flight did is not known; run again: the plan is made from live")
	errStoppedReading = errors.New("stopped at once: nothing was written")
)

// insistently does work that may write. The first interrupt is the work's own
// affair, by its context; the second ends it where it is, and so does the first one
// soon after, where no call has begun: it may wait for what no context ends. What is
// on disk is true at any moment, so there is nothing to tidy.
func insistently(w io.Writer, writing *atomic.Bool, work func() error) error {
	heard := make(chan os.Signal, 2)
	signal.Notify(heard, os.Interrupt, syscall.SIGTERM)
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				ended <- &exit{code: Code(crashed(w, cause))}
			}
		}()
		ended <- work()
	}()
	soon := make(<-chan time.Time)
	for signals := 0; signals < 2; {
		select {
		case err := <-ended:
			signal.Stop(heard)
			return err
		case <-heard:
			signals++
			soon = time.After(grace)
		case <-soon:
			if !writing.Load() {
				return errStoppedReading
			}
		}
	}
	// Still heard, and no longer listened to: a third interrupt must not kill the
	// program while it says what is known.
	if writing.Load() {
		return &exit{CodePartly, errStoppedWriting}
	}
	return errStoppedReading
}

// grace is how long a command that has written nothing may take to end in good order.
const grace = time.Second

// stoppable makes a command that writes nothing end at the first interrupt: soon
// after it even where it waits for something that no context ends, such as the
// other end of a pipe.
func stoppable(command *cli.Command) *cli.Command {
	action := command.Action
	command.Action = func(c *cli.Context) error {
		ended := make(chan error, 1)
		go func() {
			defer func() {
				if cause := recover(); cause != nil {
					ended <- &exit{code: Code(crashed(c.App.ErrWriter, cause))}
				}
			}()
			ended <- action(c)
		}()
		select {
		case err := <-ended:
			return err
		case <-c.Context.Done():
		}
		select {
		case err := <-ended:
			return err
		case <-time.After(grace):
			return errStoppedReading
		}
	}
	return command
}
