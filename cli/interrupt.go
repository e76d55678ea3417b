package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	stdsync "sync"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"
)

var (
	errStoppedWriting = errors.New("stopped at once: what the calls under way did is not known; run again: the plan is made from live")
	errStoppedReading = errors.New("stopped at once: nothing was written")
	errStoppedKeeping = errors.New("stopped at once: each file is the old one or the new one; run it again")
	errStoppedTrying  = errors.New("stopped at once: which messages were sent is not known")
)

// endings are the signals that end a run in good order. A hangup that is ignored when
// the program starts, as under nohup, stays ignored.
func endings() []os.Signal {
	ends := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) {
		ends = append(ends, syscall.SIGHUP)
	}
	return ends
}

// grace is how long a command that has not begun to write may take to end in good
// order.
const grace = time.Second

// firstWrite is whether the work of a command has begun to write, or was abandoned before
// it could: one of the two, whichever came first, so that what was said of abandoned
// work stays true.
type firstWrite struct {
	mu               stdsync.Mutex
	began, abandoned bool
}

func (w *firstWrite) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began = !w.abandoned
	return w.began
}

// abandon reports whether work has not begun to write, and never will.
func (w *firstWrite) abandon() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.abandoned = !w.began
	return w.abandoned
}

// attended runs the work of a command until it ends or signals end it. The first
// signal cancels the work's context. If the work has not begun to write and runs for
// longer than [grace] after that, it is abandoned, since it may wait for something
// that no context ends, such as the other end of a pipe. A second signal always ends
// the work. Files are consistent at any moment, so there is nothing to clean up.
// Unwritten is the error of work that was abandoned before it wrote.
func attended(w io.Writer, writing *firstWrite, unwritten error, work func() error) error {
	heard := make(chan os.Signal, 4)
	signal.Notify(heard, endings()...)
	ended := started(w, work)
	select {
	case err := <-ended:
		signal.Stop(heard)
		if len(heard) > 0 { // the signal arrived at the same time and ended the work
			signal.Notify(heard, endings()...)
		}
		return err
	case <-heard:
	}
	// From here on signals are received, though ignored: another one must not kill the
	// program while it reports what is known.
	patience := time.After(grace)
	for {
		select {
		case err := <-ended:
			return err
		case again := <-heard:
			if again == syscall.SIGHUP {
				continue // both the system and the shell signal a closed terminal
			}
		case <-patience:
			if !writing.abandon() {
				continue
			}
		}
		if writing.abandon() {
			return unwritten
		}
		return &exit{CodePartly, errStoppedWriting}
	}
}

// doing is the action of a command: it reads the options, and does the work with them.
func doing[O any](s Streams, read func(*cli.Context) (O, error), do func(context.Context, O, Streams) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		o, err := read(c)
		if err != nil {
			return err
		}
		return do(c.Context, o, s)
	}
}

// writing is that of a command that writes to services, until signals end it; see
// [attended].
func writing[O any](s Streams, unwritten error, read func(*cli.Context, *firstWrite) (O, error), do func(context.Context, O, Streams) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		began := new(firstWrite)
		both := func(c *cli.Context) (O, error) { return read(c, began) }
		return attended(s.Err, began, unwritten, func() error { return doing(s, both, do)(c) })
	}
}

// started runs work in the background, and sends its error.
func started(w io.Writer, work func() error) <-chan error {
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if cause := recover(); cause != nil {
				ended <- &exit{code: Code(crashed(w, cause))}
			}
		}()
		ended <- work()
	}()
	return ended
}

// stoppable makes a command that changes no service end at the first signal. Left is
// the error if it was abandoned.
func stoppable(command *cli.Command, left error) *cli.Command {
	action := command.Action
	command.Action = func(c *cli.Context) error {
		return attended(c.App.ErrWriter, new(firstWrite), left, func() error { return action(c) })
	}
	return command
}

// reading makes a command that writes nothing end at the first signal, and fail if its
// result could not be written.
func reading(command *cli.Command) *cli.Command {
	action := command.Action
	command.Action = func(c *cli.Context) error {
		err := action(c)
		found, coded := errors.AsType[*exit](err) // a result, if it has no error
		if lost := failed(c.App.Writer); lost != nil && (err == nil || coded && found.err == nil) {
			return lost
		}
		return err
	}
	return stoppable(command, errStoppedReading)
}
