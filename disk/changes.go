package disk

import (
	"os"
	"path/filepath"
)

// Everything that changes the disk goes through this file. A build with the tag
// faultydisk has another attempt, with which tests make the n-th operation fail.

// File is an open file.
type File struct{ *os.File }

// opened gives an open file its type.
func opened(f *os.File, err error) (*File, error) {
	if err != nil {
		return nil, err
	}
	return &File{f}, nil
}

// Write implements io.Writer.
func (f *File) Write(text []byte) (int, error) {
	if err := attempt(write); err != nil {
		n, _ := f.File.Write(text[:len(text)/2]) // torn
		return n, f.fault("write", err)
	}
	return f.File.Write(text)
}

// WriteAt implements io.WriterAt.
func (f *File) WriteAt(text []byte, at int64) (int, error) {
	op := write
	if info, err := f.Stat(); err == nil && at+int64(len(text)) <= info.Size() {
		op = change // its room is taken
	}
	if err := attempt(op); err != nil {
		n, _ := f.File.WriteAt(text[:len(text)/2], at)
		return n, f.fault("write", err)
	}
	return f.File.WriteAt(text, at)
}

// Truncate gives the file a size.
func (f *File) Truncate(size int64) error {
	if err := attempt(change); err != nil {
		return f.fault("truncate", err)
	}
	return f.File.Truncate(size)
}

// Chmod gives the file a mode.
func (f *File) Chmod(mode os.FileMode) error {
	if err := attempt(change); err != nil {
		return f.fault("chmod", err)
	}
	return f.File.Chmod(mode)
}

// Sync returns when the file is on disk.
func (f *File) Sync() error {
	if err := attempt(change); err != nil {
		return f.fault("sync", err)
	}
	return f.File.Sync()
}

// Close closes the file, also where it fails.
func (f *File) Close() error {
	err := f.File.Close()
	if failed := attempt(change); failed != nil {
		return f.fault("close", failed)
	}
	return err
}

func (f *File) fault(op string, err error) error {
	return &os.PathError{Op: op, Path: f.Name(), Err: err}
}

// CreateTemp is [os.CreateTemp].
func CreateTemp(dir, pattern string) (*File, error) {
	if err := attempt(create); err != nil {
		return nil, &os.PathError{Op: "create", Path: filepath.Join(dir, pattern), Err: err}
	}
	return opened(os.CreateTemp(dir, pattern))
}

// Rename is [os.Rename].
func Rename(from, to string) error {
	if err := attempt(change); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return os.Rename(from, to)
}

// Remove is [os.Remove].
func Remove(path string) error {
	if err := attempt(change); err != nil {
		return &os.PathError{Op: "remove", Path: path, Err: err}
	}
	return os.Remove(path)
}

// Mkdir is [os.Mkdir].
func Mkdir(path string, mode os.FileMode) error {
	if err := attempt(create); err != nil {
		return &os.PathError{Op: "mkdir", Path: path, Err: err}
	}
	return os.Mkdir(path, mode)
}

// operation is what an operation asks of a disk.
type operation int

const (
	change operation = iota // no room
	write                   // room
	create                  // room for a name
)
