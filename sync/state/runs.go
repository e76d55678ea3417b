package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"authsync/disk"
	"authsync/spell"
)

// Runs is where this machine keeps what the runs of an environment leave for those
// after them. It belongs to the machine, not to the repository: nothing of it is
// committed, and none of it is needed to make a plan. The zero value keeps nothing.
type Runs struct {
	Dir string
	Env string
	// Above is the directory that Dir is made in, where that is not the folder of
	// the manifests. Inside a repository it may be a stranger's as well.
	Above string
	// Key marks snapshots.
	Key MachineKey
	// Opened is told of the file of each new journal; nil tells nobody.
	Opened func(*os.File)
}

// Nowhere reports whether nothing is kept.
func (r Runs) Nowhere() bool { return r.Dir == "" }

// file is the name of a file of the environment.
func (r Runs) file(suffix string) string { return r.Env + suffix }

// Path is the path of a file in the directory.
func (r Runs) Path(name string) string { return filepath.Join(r.Dir, name) }

// Own is the path of the environment's file of a name, such as the lock of a
// sandbox beside the service's.
func (r Runs) Own(name string) string { return r.Path(r.file("." + name)) }

// Prepare makes the directory where there is none.
func (r Runs) Prepare() error {
	f, err := r.make()
	if err != nil {
		return err
	}
	return f.Close()
}

// open opens the directory; fs.ErrNotExist where there is none.
func (r Runs) open() (*disk.Folder, error) {
	f, err := disk.OpenFolder(r.Dir)
	return f, fault(err)
}

// make opens the directory, and makes it where there is none. git is told to
// leave it alone.
func (r Runs) make() (*disk.Folder, error) {
	if r.Above != "" && disk.InRepository(r.Above) {
		above, err := disk.MakeFolder(r.Above)
		if err != nil {
			return nil, fault(err)
		}
		above.Close()
	}
	f, err := disk.MakeFolder(r.Dir)
	if err != nil {
		return nil, fault(err)
	}
	const ignore = ".gitignore"
	if err := f.Create(ignore, []byte("*\n")); err != nil && !errors.Is(err, fs.ErrExist) {
		f.Close()
		return nil, fault(err)
	}
	return f, nil
}

// Untracked refuses a directory of which git tracks something: it came with the
// repository, and not from this machine's runs.
func (r Runs) Untracked() error {
	if _, err := os.Lstat(r.Dir); r.Nowhere() || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	found, err := disk.Tracked(r.Dir)
	if err != nil || found == "" {
		return err
	}
	return fmt.Errorf("%s: git tracks %s, and what runs leave on a machine never comes from a repository; look at who committed it, then: git rm -r --cached %s, and delete the directory",
		r.Dir, found, spell.Word(r.Dir))
}

// fault says what to do where the directory cannot be used.
func fault(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%w; --state-dir keeps what apply notes elsewhere", err)
}
