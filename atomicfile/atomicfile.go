// Package atomicfile replaces files as a whole.
//
// A reader, or the machine after a crash, sees the old text or the new one, never a
// part. When [Write] has returned nil, the new text is on disk. [WriteAll] replaces
// several files or none, and [Reserve] takes room on the disk before a call that
// cannot be undone. The package must not know what the files contain. Begin reading
// with [Write].
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"authsync/disk"
)

// Write replaces the file at path, or creates it. An existing file keeps its
// permissions, and a symbolic link stays a link; a new file gets mode.
func Write(path string, text []byte, mode os.FileMode) error {
	r, err := Reserve(path, 0, mode)
	if err != nil {
		return err
	}
	return r.Write(text)
}

// createHidden creates a hidden file in the directory of the file at path. Its errors name
// that file, since the user does not know the hidden one.
func createHidden(path, pattern string) (*disk.File, error) {
	f, err := disk.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+pattern)
	if why, is := errors.AsType[*fs.PathError](err); is {
		return nil, fmt.Errorf("%s: %w", path, why.Err)
	}
	return f, err
}

// abandoned is the age at which a hidden file no longer has a writer.
const abandoned = 10 * time.Minute

// Sweep removes hidden files of killed writers of the file at path. It is for programs
// that are about to write the file many times; what it cannot remove stays.
func Sweep(path string) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ours := strings.CutPrefix(e.Name(), "."+filepath.Base(path)+".")
		if _, err := strconv.ParseUint(number, 10, 64); !ours || err != nil {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > abandoned {
			_ = disk.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}

// syncDir makes a rename durable. Some systems cannot do this for a directory; there
// the rename itself must do.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
