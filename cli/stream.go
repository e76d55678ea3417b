package cli

import (
	"errors"
	"io"
	"os"
	"os/signal"
	stdsync "sync"
	"syscall"
)

// stream is standard output or standard error. Its reader may go away during a run.
// That must not end the run in the middle of a call, so the rest of the text is then
// dropped. Other failures, such as a full disk, are returned and remembered.
type stream struct {
	file *os.File

	mu     stdsync.Mutex
	unread bool  // the reader is gone
	failed error // the first failure of another kind
}

// streamOf returns a stream for a file. Other writers, such as buffers in tests, have
// no reader that goes away.
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

func fileOf(given any) *os.File {
	switch s := given.(type) {
	case *os.File:
		return s
	case *stream:
		return s.file
	}
	return nil
}

// unguarded returns a stream's file, for another program.
func unguarded(w io.Writer) io.Writer {
	if file := fileOf(w); file != nil {
		return file
	}
	return w
}

// lost says whether a stream's reader is gone, and why else it lost output.
func lost(w io.Writer) (unread bool, failed error) {
	if s, ok := w.(*stream); ok {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.unread, s.failed
	}
	return false, nil
}

func failed(w io.Writer) error {
	_, failed := lost(w)
	return failed
}

// surviveWrites makes failing writes return an error where the system would kill the
// program by a signal.
func surviveWrites() (stop func()) {
	dropped := make(chan os.Signal, 1)
	signal.Notify(dropped, writeSignals...)
	return func() { signal.Stop(dropped) }
}
