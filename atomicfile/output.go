package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"authsync/disk"
	"authsync/schema/pattern"
)

// Output writes a text to the place that a person named. A regular file is replaced as
// by [Write]; anything else, such as a pipe or a device, is opened and written to. A
// link is followed only to a regular file of the same repository, since it may have
// come with the repository. A manifest, lock or vault is never overwritten.
func Output(path string, text []byte, mode os.FileMode) error {
	named, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Write(path, text, mode)
	}
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("is a link to nothing; delete it")}
	}
	switch {
	case info.IsDir():
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("is a directory")}
	case !info.Mode().IsRegular():
		return pour(path, text)
	case named.Mode()&fs.ModeSymlink != 0:
		if disk.Around(filepath.Dir(path)).Hold(path) != nil {
			return &fs.PathError{Op: "write", Path: path, Err: errors.New("is a link that leads out of the repository; name what it leads to")}
		}
	}
	if old, _ := disk.Read(path); document.Match(old) {
		return &fs.PathError{Op: "write", Path: path, Err: errors.New("is a manifest, lock or vault, which an output does not replace; name another file")}
	}
	return Write(path, text, mode)
}

// document matches a line of authsync's own files, of which there may be no copy.
var document = pattern.Of(`(?m)^apiVersion:[ \t]*["']?authsync/`)

// pour writes a text into something that is not a regular file.
func pour(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
