package disk

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Largest is the size of the largest file that is read, and LargestLong that of the
// largest one of authsync's own that grows with its environment.
const (
	Largest     = 16 << 20
	LargestLong = 4 * Largest
)

// Read reads a file that a folder holds or another file names. It is a regular
// file; a link counts as what it leads to. The file is not opened before that is
// known: opening a pipe waits for its other end.
func Read(path string) ([]byte, error) { return readUpTo(path, Largest) }

func readUpTo(path string, most int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := regular(path, info); err != nil {
		return nil, err
	}
	// It may have become a pipe by now.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readRegular(path, f, most)
}

// readRegular reads an open file, if it is a regular one.
func readRegular(path string, f *os.File, most int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := regular(path, info); err != nil {
		return nil, err
	}
	return bounded(path, f, info.Size(), most)
}

// ReadGiven reads a file that a person has named: a pipe is fine, and is waited for.
func ReadGiven(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bounded(path, f, 0, Largest)
}

// ReadStream reads what is no file of this package, such as standard input, to its end,
// if that comes within so many bytes.
func ReadStream(name string, r io.Reader, most int64) ([]byte, error) {
	return bounded(name, r, 0, most)
}

// bounded reads a file to its end, if that comes soon enough. Size is how long it seems
// to be.
func bounded(path string, r io.Reader, size, most int64) ([]byte, error) {
	text := bytes.NewBuffer(make([]byte, 0, min(size, most)+bytes.MinRead))
	_, err := text.ReadFrom(io.LimitReader(r, most+1))
	if err == nil && int64(text.Len()) > most {
		return nil, fault(path, fmt.Errorf("is larger than %d MB", most>>20))
	}
	return text.Bytes(), err
}

// regular refuses what is no regular file.
func regular(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return fault(path, errors.New("is "+Sort(info.Mode())+", not a regular file"))
}

func fault(path string, err error) error { return &fs.PathError{Op: "read", Path: path, Err: err} }

// Sort says in words what sort of file a mode is of.
func Sort(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a regular file"
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeSymlink != 0:
		return "a link"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "something else"
}
