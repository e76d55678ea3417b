package disk

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Folder is a directory with authsync's own files. Others may be able to write to it,
// so no link in it is followed, the folder itself must not be one, and files of other
// users are refused. It must be closed.
type Folder struct {
	Path string
	root *os.Root
	// keeper is the owner of the parent directory, who is trusted.
	keeper uint32
}

// ErrLink means that there is a link in the place of one of authsync's files.
var ErrLink = errors.New("is a link, and none is followed here; delete it")

// OpenFolder opens a folder; fs.ErrNotExist if there is none.
func OpenFolder(path string) (*Folder, error) {
	around, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	named, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !named.IsDir() {
		if named.Mode()&fs.ModeSymlink != 0 {
			return nil, fault(path, ErrLink)
		}
		return nil, fault(path, errors.New("is "+Sort(named.Mode())+", not a directory"))
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	f := &Folder{Path: path, root: root}
	f.keeper, _ = owner(around)
	if err := f.trust(named, around); err != nil {
		root.Close()
		return nil, err
	}
	return f, nil
}

// Among opens a directory with authsync's files among others. The user named it, so it
// may be a link; the files may not.
func Among(path string) (*Folder, error) {
	around, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	f := &Folder{Path: path, root: root}
	f.keeper, _ = owner(around)
	return f, nil
}

// trust refuses a directory that was exchanged since it was looked at, that belongs to
// another user, or that everybody can write to although its parent is protected.
func (f *Folder) trust(named, around fs.FileInfo) error {
	opened, err := f.root.Stat(".")
	if err != nil {
		return err
	}
	if !os.SameFile(named, opened) {
		return fault(f.Path, ErrLink)
	}
	if err := f.owned(f.Path, opened); err != nil {
		return err
	}
	const everybody, sticky = 0o002, fs.ModeSticky
	if opened.Mode().Perm()&^around.Mode().Perm()&everybody != 0 && opened.Mode()&sticky == 0 {
		return fault(f.Path, errors.New("can be written by every user; chmod o-w it, once you know what is in it"))
	}
	return nil
}

// owned refuses what belongs to another user.
func (f *Folder) owned(path string, info fs.FileInfo) error {
	uid, known := owner(info)
	if !known || own(uid) || uid == f.keeper {
		return nil
	}
	return fault(path, fmt.Errorf("belongs to another user (uid %d); delete it, or chown it once you know what is in it", uid))
}

// MakeFolder opens a folder, and creates it for its owner alone if it does not exist.
func MakeFolder(path string) (*Folder, error) {
	f, err := OpenFolder(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// If it was created in between, it is checked like any other.
	if err := Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return OpenFolder(path)
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Names returns the names in the folder, in any order. There are some for each
// environment, so nothing else is asked of the files.
func (f *Folder) Names() ([]string, error) {
	dir, err := f.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	return dir.Readdirnames(-1)
}

// Open opens a file of the folder, or creates it if flag says so. It never truncates,
// since the file may not be authsync's.
func (f *Folder) Open(name string, flag int) (*File, error) {
	path := filepath.Join(f.Path, name)
	flag &^= os.O_TRUNC
	if flag&os.O_CREATE != 0 {
		file, err := f.create(name, flag|os.O_EXCL)
		if err == nil || flag&os.O_EXCL != 0 || !errors.Is(err, fs.ErrExist) {
			return file, f.named(err)
		}
	}
	named, err := f.root.Lstat(name)
	if err != nil {
		return nil, f.named(err)
	}
	if named.Mode()&fs.ModeSymlink != 0 {
		return nil, fault(path, ErrLink)
	}
	if err := regular(path, named); err != nil {
		return nil, err
	}
	file, err := f.root.OpenFile(name, flag&^(os.O_CREATE|os.O_EXCL), 0)
	if err != nil {
		return nil, f.named(err)
	}
	if err := f.mine(path, file, named); err != nil {
		file.Close()
		return nil, err
	}
	return &File{file}, nil
}

// create creates a file that must not exist.
func (f *Folder) create(name string, flag int) (*File, error) {
	if err := attempt(create); err != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: err}
	}
	return opened(f.root.OpenFile(name, flag, 0o600))
}

// rename renames a file of the folder.
func (f *Folder) rename(from, to string) error {
	if err := attempt(change); err != nil {
		return &fs.PathError{Op: "rename", Path: to, Err: err}
	}
	return f.root.Rename(from, to)
}

func (f *Folder) remove(name string) error {
	if err := attempt(change); err != nil {
		return &fs.PathError{Op: "remove", Path: name, Err: err}
	}
	return f.root.Remove(name)
}

// mine refuses an open file that was exchanged since it was looked at, that belongs to
// another user, or that has a second name.
func (f *Folder) mine(path string, file *os.File, named fs.FileInfo) error {
	opened, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !os.SameFile(named, opened):
		return fault(path, ErrLink)
	case names(opened) > 1:
		return fault(path, errors.New("has another name besides this one; delete it"))
	}
	return f.owned(path, opened)
}

// Read reads a file of the folder.
func (f *Folder) Read(name string) ([]byte, error) {
	file, err := f.Open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRegular(filepath.Join(f.Path, name), file.File, Largest)
}

// Create creates a file that must not exist, whole or not at all; fs.ErrExist if it
// exists.
func (f *Folder) Create(name string, text []byte) error {
	if _, err := f.root.Lstat(name); err == nil {
		return &fs.PathError{Op: "create", Path: filepath.Join(f.Path, name), Err: fs.ErrExist}
	}
	return f.Write(name, text)
}

// Write creates or replaces a file, for its owner alone. A link in its place is
// removed, and its target stays.
func (f *Folder) Write(name string, text []byte) error {
	hidden := fmt.Sprintf(".%s.%d", name, rand.Uint64())
	file, err := f.Open(hidden, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	defer f.remove(hidden) // fails once the file has its name
	_, err = file.Write(text)
	if err = cmp.Or(err, file.Sync(), file.Close()); err != nil {
		return f.named(err)
	}
	if err := f.rename(hidden, name); err != nil {
		return f.named(err)
	}
	if dir, err := f.root.Open("."); err == nil {
		_ = dir.Sync() // some systems cannot
		_ = dir.Close()
	}
	return nil
}

// ReadOwn reads a file of a folder that authsync keeps; see [Folder].
func ReadOwn(path string) ([]byte, error) { return readIn(OpenFolder, path) }

// ReadAmong reads one of authsync's files among others; see [Among].
func ReadAmong(path string) ([]byte, error) { return readIn(Among, path) }

func readIn(open func(string) (*Folder, error), path string) ([]byte, error) {
	f, err := open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Read(filepath.Base(path))
}

// CreateAmong creates one of authsync's files among others.
func CreateAmong(path string, text []byte) error {
	f, err := Among(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Create(filepath.Base(path), text)
}

// Remove removes a file of the folder; a missing file is no error.
func (f *Folder) Remove(name string) error {
	if err := f.remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.named(err)
	}
	return nil
}

// named adds the whole path to an error.
func (f *Folder) named(err error) error {
	if why, is := errors.AsType[*fs.PathError](err); is && !filepath.IsAbs(why.Path) && filepath.Dir(why.Path) == "." {
		return &fs.PathError{Op: why.Op, Path: filepath.Join(f.Path, why.Path), Err: why.Err}
	}
	return err
}
