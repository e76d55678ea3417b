package disk

import (
	"os"
	"path/filepath"
)

// Tree returns the outermost git repository that contains a folder, or the folder
// itself.
func Tree(folder string) (dir string, repository bool) {
	real, err := realPath(folder)
	if err != nil {
		return folder, false
	}
	if found := Outermost(real); found != "" {
		return found, true
	}
	return real, false
}

// Inside reports whether a path is, or would be, in a folder or in the repository around
// it. Neither has to be there.
func Inside(folder, path string) bool {
	root, err := wouldBe(folder)
	if err != nil {
		return true // it is not known
	}
	if around := Outermost(root); around != "" {
		root = around
	}
	real, err := wouldBe(path)
	return err != nil || within(root, real)
}

// wouldBe is the real path of what may not be there.
func wouldBe(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	missing := ""
	for {
		real, err := filepath.EvalSymlinks(whole)
		if err == nil || whole == filepath.Dir(whole) {
			return filepath.Join(real, missing), err
		}
		missing = filepath.Join(filepath.Base(whole), missing)
		whole = filepath.Dir(whole)
	}
}

// InRepository reports whether a path lies in a git repository.
func InRepository(path string) bool {
	whole, err := filepath.Abs(path)
	return err != nil || Outermost(filepath.Dir(whole)) != ""
}

// Outermost returns the outermost git repository that contains a directory, or "". In
// a worktree and in a submodule .git is a file.
func Outermost(dir string) string {
	found := ""
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			found = dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			return found
		}
		dir = up
	}
}
