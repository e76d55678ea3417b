package atomicfile

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"authsync/disk"
)

// Reserved is a new text of a file before it is known: the file that is to hold
// it is open, and so much room for it is taken on the disk. What comes after a
// call that cannot be undone is written so.
type Reserved struct {
	path string
	mode os.FileMode
	file *disk.File
}

// Reserve takes room for a text of so many bytes, as [Write] would write it.
// What is reserved is either written or given up.
func Reserve(path string, size int, mode os.FileMode) (*Reserved, error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return nil, &fs.PathError{Op: "write", Path: path, Err: errors.New("is " + disk.Sort(info.Mode()) + ", which is not replaced by a file")}
		}
		mode = info.Mode().Perm()
	}
	f, err := Beside(path, ".*")
	if err != nil {
		return nil, err
	}
	r := &Reserved{path, mode, f}
	if size == 0 {
		return r, nil
	}
	if _, err = f.Write(make([]byte, size)); err == nil {
		err = f.Sync()
	}
	if err != nil {
		r.GiveUp()
		return nil, fmt.Errorf("%s: there is no room for it: %w", path, errors.Unwrap(err))
	}
	return r, nil
}

// Write gives the file its text.
func (r *Reserved) Write(text []byte) error {
	defer disk.Remove(r.file.Name()) // fails once the file has its name
	_, err := r.file.WriteAt(text, 0)
	if err == nil {
		err = r.file.Truncate(int64(len(text)))
	}
	if err = cmp.Or(err, r.file.Chmod(r.mode), r.file.Sync(), r.file.Close()); err != nil {
		return err
	}
	if err := disk.Rename(r.file.Name(), r.path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(r.path))
}

// GiveUp leaves the file as it is.
func (r *Reserved) GiveUp() {
	_ = r.file.Close()
	_ = disk.Remove(r.file.Name())
}
