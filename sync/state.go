package sync

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"authsync/atomicfile"
)

// State is a directory where this machine keeps what the runs of an environment
// leave for those after them. It belongs to the machine, not to the repository:
// nothing of it is committed, and none of it is needed to make a plan. The zero
// value keeps nothing.
type State struct {
	Dir string
	Env string

	open func(name string, flag int, perm os.FileMode) (*os.File, error) // nil = os.OpenFile
}

// file is the path of a file of the environment.
func (s State) file(suffix string) string { return filepath.Join(s.Dir, s.Env+suffix) }

// prepare makes the directory, which git is told to leave alone.
func (s State) prepare() error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return stateFault(err)
	}
	ignore := filepath.Join(s.Dir, ".gitignore")
	if _, err := os.Lstat(ignore); !errors.Is(err, fs.ErrNotExist) {
		return stateFault(err)
	}
	return stateFault(atomicfile.Write(ignore, []byte("*\n"), 0o600))
}

// stateFault says what to do where the directory cannot be used.
func stateFault(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w; --state-dir keeps what apply notes elsewhere", err)
}
