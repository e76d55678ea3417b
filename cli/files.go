package cli

import (
	"os"
	"path/filepath"
)

// atomicWrite replaces a file as a whole: a reader, or a crash, sees the old
// text or the new one. A symbolic link stays one.
func atomicWrite(path string, text []byte, mode os.FileMode) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
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
