package cli

import (
	"errors"
	"io"
	"os"
	"os/signal"
	stdsync "sync"
	"syscall"
)

// stream is standard output or standard error. Whoever reads it may go away while
// a run goes on. That must not end the run in the middle of a call, so the rest of
// the text is dropped then. Other failures, such as a full disk, are the writer's
// to see, and are remembered for writers that do not look.
type stream struct {
	file *os.File

	mu     stdsync.Mutex
	unread bool  // the reader is gone
	failed error // the first failure of another kind
}

// streamOf guards a file. What else is written to, tests and buffers, has no
// reader that goes away.
func streamOf(w io.Writer) io.Writer {
	if file, ok := w.(*os.File); ok {
		return &stream{file: file}
	}
	return w
}

func (s *stream) Write(text []byte) (int, error) {
	n, err := s.file.Write(text)
	if err == nil {
		return n, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if errors.Is(err, syscall.EPIPE) {
		s.unread = true
		return len(text), nil
	}
	if s.failed == nil {
		s.failed = err
	}
	return n, err
}

// fileOf is the file behind a stream; nil = there is none.
func fileOf(given any) *os.File {
	switch s := given.(type) {
	case *os.File:
		return s
	case *stream:
		return s.file
	}
	return nil
}

// unguarded is a stream for another program, which is to have the file itself.
func unguarded(w io.Writer) io.Writer {
	if file := fileOf(w); file != nil {
		return file
	}
	return w
}

// unread reports whether whoever read a stream is gone.
func unread(w io.Writer) bool {
	s, ok := w.(*stream)
	if !ok {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread
}

// failed is why a stream has not taken all that was written to it, where that is
// another reason than a reader that is gone.
func failed(w io.Writer) error {
	s, ok := w.(*stream)
	if !ok {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// surviveWrites has a write that fails return an error, where the system would
// end the program by a signal.
func surviveWrites() (stop func()) {
	dropped := make(chan os.Signal, 1)
	signal.Notify(dropped, writeSignals...)
	return func() { signal.Stop(dropped) }
}
