package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"authsync/disk"
)

// Output writes a text to where a person wants it. A regular file is replaced as
// [Write] does; what is none, such as a pipe or a device, is opened and written to,
// and stays what it is. A link is followed to a regular file of the same repository
// alone: it may have come with the repository, and lead anywhere.
// A manifest, lock or vault is no place for an output.
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

// document is the line by which a file is one that authsync reads, and that
// somebody may have the only copy of.
var document = regexp.MustCompile(`(?m)^apiVersion:[ \t]*["']?authsync/`)

// pour writes a text into what is no regular file.
func pour(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
