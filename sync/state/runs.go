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

// Runs is the directory where this machine keeps files of an environment's runs. They
// belong to the machine, not to the repository: none is committed, and none is needed
// to make a plan. The zero value keeps nothing.
type Runs struct {
	Dir string
	Env string
	// Above is the directory in which Dir is made, if that is not the manifest's
	// folder. In a repository it may come from somebody else.
	Above string
	// Key marks snapshots.
	Key MachineKey
	// Listing is shared with other environments of a run that writes nothing here; nil =
	// the directory is listed each time.
	Listing *Listing
	// Opened is called with the file of each new journal; nil = not called.
	Opened func(*os.File)
}

// Nowhere reports whether nothing is kept.
func (r Runs) Nowhere() bool { return r.Dir == "" }

// file is the name of a file of the environment.
func (r Runs) file(suffix string) string { return r.Env + suffix }

// Path is the path of a file in the directory.
func (r Runs) Path(name string) string { return filepath.Join(r.Dir, name) }

// Own returns the path of the environment's file with a name, such as the lock of a
// sandbox.
func (r Runs) Own(name string) string { return r.Path(r.file("." + name)) }

// Prepare makes the directory if it does not exist.
func (r Runs) Prepare() error {
	f, err := r.make()
	if err != nil {
		return err
	}
	return f.Close()
}

// open opens the directory; fs.ErrNotExist if there is none.
func (r Runs) open() (*disk.Folder, error) {
	f, err := disk.OpenFolder(r.Dir)
	return f, fault(err)
}

// make opens the directory, and makes it if it does not exist, with a .gitignore.
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

// Untracked returns an error if git tracks a file in the directory: then it came with
// the repository, and not from this machine's runs.
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

// fault says what to do if the directory cannot be used.
func fault(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fmt.Errorf("%w; --state-dir keeps what apply notes elsewhere", err)
}
