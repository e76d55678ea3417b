package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// privateFile is a file that only this user can read. It is alone in its directory, so
// that files that an editor puts beside it are removed with it.
type privateFile struct {
	dir  string
	path string
}

// newPrivateFile makes the file, in memory if possible.
func newPrivateFile(name string, text []byte) (*privateFile, error) {
	dir, err := os.MkdirTemp(memoryDir(), "authsync-")
	if err != nil {
		return nil, err
	}
	f := &privateFile{dir, filepath.Join(dir, name)}
	if err := f.write(text); err != nil {
		return nil, errors.Join(err, f.remove())
	}
	return f, nil
}

func (f *privateFile) write(text []byte) error { return os.WriteFile(f.path, text, 0o600) }

// memoryDir returns a directory in memory, or "" for the usual one.
func memoryDir() string {
	runtimeDir, _ := lookupEnv("XDG_RUNTIME_DIR")
	for _, dir := range []string{runtimeDir, "/dev/shm"} {
		if dir != "" && inMemory(dir) {
			return dir
		}
	}
	return ""
}

// remove overwrites the directory's files, as well as possible, and removes them.
func (f *privateFile) remove() error {
	filepath.WalkDir(f.dir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			overwrite(path)
		}
		return nil
	})
	return os.RemoveAll(f.dir)
}

func overwrite(path string) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil {
		f.Write(make([]byte, info.Size()))
		f.Sync()
	}
}
