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

// Reserved is a file that is ready for a text that is not known yet: it is open, and
// its room on the disk is taken. The result of a call that cannot be undone is written
// this way.
type Reserved struct {
	path string
	mode os.FileMode
	file *disk.File
}

// Reserve prepares to write a text of at most size bytes to path. The result must be
// written or given up.
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
	f, err := createHidden(path, ".*")
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
	defer disk.Remove(r.file.Name()) // fails after the rename
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
