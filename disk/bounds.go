package disk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
)

// Bounds are the directories from which files may be read. The zero value has no
// limits.
type Bounds struct {
	roots []string // real paths
	read  func(path string) ([]byte, error)
}

// Elsewhere returns the bounds of files that are not on disk, such as those of an
// earlier revision. Read decides which may be read.
func Elsewhere(read func(path string) ([]byte, error)) Bounds { return Bounds{read: read} }

// Around returns the bounds of a folder: the outermost git repository that contains
// it, so that a submodule or a worktree can use the rest of it, and the directories
// beside, which the user named. Without a repository there are no limits.
func Around(folder string, beside ...string) Bounds {
	real, err := realPath(folder)
	if err != nil {
		return Bounds{} // a missing folder is not read anyway
	}
	repository := Outermost(real)
	if repository == "" {
		return Bounds{}
	}
	b := Bounds{roots: []string{repository}}
	for _, dir := range beside {
		if real, err := realPath(dir); err == nil && dir != "" {
			b.roots = append(b.roots, real)
		}
	}
	return b
}

// Read is [Read] for a file inside the bounds.
func (b Bounds) Read(path string) ([]byte, error) {
	if b.read != nil {
		return b.read(path)
	}
	return b.readUpTo(path, Largest)
}

func (b Bounds) readUpTo(path string, most int64) ([]byte, error) {
	if err := b.Hold(path); err != nil {
		return nil, err
	}
	return readUpTo(path, most)
}

// ReadBeside reads a file that authsync keeps in a folder of manifests.
func ReadBeside(path string) ([]byte, error) { return Around(filepath.Dir(path)).Read(path) }

// ReadLong reads such a file that grows with its environment.
func ReadLong(path string) ([]byte, error) {
	return Around(filepath.Dir(path)).readUpTo(path, LargestLong)
}

// Hold refuses a file that is, or leads, outside of the bounds. A missing file is
// judged by its folder.
func (b Bounds) Hold(path string) error {
	if len(b.roots) == 0 {
		return nil
	}
	real, err := realPath(path)
	if errors.Is(err, fs.ErrNotExist) {
		if real, err = realPath(filepath.Dir(path)); err != nil {
			return err
		}
		real = filepath.Join(real, filepath.Base(path))
	}
	if err != nil {
		return err
	}
	for _, root := range b.roots {
		if within(root, real) {
			return nil
		}
	}
	return fault(path, errors.New("is outside of the repository that the manifest is in; --root or AUTHSYNC_ROOT allows another folder"))
}

func within(root, path string) bool {
	in, err := filepath.Rel(root, path)
	return err == nil && in != ".." && !strings.HasPrefix(in, ".."+string(filepath.Separator))
}

func realPath(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	return filepath.Abs(real)
}
