package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// atomicWrite replaces a file as a whole: a reader, or a crash, sees the old
// text or the new one. A symbolic link stays one.
func atomicWrite(path string, text []byte, mode os.FileMode) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f, err := createBeside(path, ".*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails once the file has its name
	for _, step := range []func() error{
		func() error { _, err := f.Write(text); return err },
		func() error { return f.Chmod(mode) },
		f.Sync,
		f.Close,
		func() error { return os.Rename(f.Name(), path) },
	} {
		if err := step(); err != nil {
			f.Close()
			return err
		}
	}
	return nil
}

// createBeside makes a hidden file in a file's directory. Its error names the
// file that was meant: nobody has heard of the hidden one.
func createBeside(path, pattern string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+pattern)
	var why *fs.PathError
	if errors.As(err, &why) {
		return nil, fmt.Errorf("%s: %w", path, why.Err)
	}
	return f, err
}
