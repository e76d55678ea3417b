package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"authsync/disk"
)

// Output writes a text to where a person wants it. A regular file is replaced as
// [Write] does; what is none, such as a pipe or a device, is opened and written to,
// and stays what it is. A link is followed to a regular file of the same repository
// alone: it may have come with the repository, and lead anywhere.
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
	return Write(path, text, mode)
}

// pour writes a text into what is no regular file.
func pour(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
