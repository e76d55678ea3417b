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

// Folder is a directory in which authsync keeps state of its own. It lies where
// others can put files, so no link in it is followed, the folder itself is none,
// and what another user owns is refused. Close it.
type Folder struct {
	Path string
	root *os.Root
	// keeper owns the directory that the folder lies in, and is trusted.
	keeper uint32
}

// ErrLink means that a link stands where authsync keeps a file of its own.
var ErrLink = errors.New("is a link, and none is followed here; delete it")

// OpenFolder opens a folder. One that is not there is fs.ErrNotExist.
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

// Among opens a directory that holds files of authsync's own among others'. A
// person has named it, so it may be a link; the files may not.
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

// trust refuses a directory that is not the one that was looked at, that
// somebody else owns, or in which everybody may put files although the directory
// around it is closed to them.
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

// owned refuses what belongs to somebody else.
func (f *Folder) owned(path string, info fs.FileInfo) error {
	uid, known := owner(info)
	if !known || own(uid) || uid == f.keeper {
		return nil
	}
	return fault(path, fmt.Errorf("belongs to another user (uid %d); delete it, or chown it once you know what is in it", uid))
}

// MakeFolder makes a folder where there is none, for its owner alone, and opens it.
func MakeFolder(path string) (*Folder, error) {
	f, err := OpenFolder(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// One that came up in between is judged as any other.
	if err := Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return OpenFolder(path)
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Names are the names in the folder, sorted.
func (f *Folder) Names() ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// Open opens a file of the folder, and makes it if flag says so. It never
// truncates: what is in the file is somebody's until it is known whose it is.
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

// create makes a file that must not be there.
func (f *Folder) create(name string, flag int) (*File, error) {
	if err := attempt(create); err != nil {
		return nil, &fs.PathError{Op: "create", Path: name, Err: err}
	}
	return opened(f.root.OpenFile(name, flag, 0o600))
}

// rename gives a file of the folder another name.
func (f *Folder) rename(from, to string) error {
	if err := attempt(change); err != nil {
		return &fs.PathError{Op: "rename", Path: to, Err: err}
	}
	return f.root.Rename(from, to)
}

// remove removes a name of the folder.
func (f *Folder) remove(name string) error {
	if err := attempt(change); err != nil {
		return &fs.PathError{Op: "remove", Path: name, Err: err}
	}
	return f.root.Remove(name)
}

// mine refuses an open file that is not the one that was looked at, that somebody
// else owns, or that has a second name in another place.
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
	return readRegular(filepath.Join(f.Path, name), file.File)
}

// Create makes a file that must not be there, whole or not at all: fs.ErrExist if
// there is one.
func (f *Folder) Create(name string, text []byte) error {
	if _, err := f.root.Lstat(name); err == nil {
		return &fs.PathError{Op: "create", Path: filepath.Join(f.Path, name), Err: fs.ErrExist}
	}
	return f.Write(name, text)
}

// Write makes or replaces a file, for its owner alone. A link in its place goes,
// and what it leads to stays.
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
		_ = dir.Sync() // not every system can
		_ = dir.Close()
	}
	return nil
}

// ReadOwn reads a file of a folder that authsync keeps; see [Folder].
func ReadOwn(path string) ([]byte, error) {
	f, err := OpenFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Read(filepath.Base(path))
}

// ReadAmong reads a file of authsync's own that lies among others'; see [Among].
func ReadAmong(path string) ([]byte, error) {
	f, err := Among(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Read(filepath.Base(path))
}

// CreateAmong makes a file of authsync's own among others'.
func CreateAmong(path string, text []byte) error {
	f, err := Among(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Create(filepath.Base(path), text)
}

// Remove removes a file of the folder; one that is not there is none the less
// removed.
func (f *Folder) Remove(name string) error {
	if err := f.remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.named(err)
	}
	return nil
}

// named gives an error the whole path.
func (f *Folder) named(err error) error {
	var why *fs.PathError
	if errors.As(err, &why) && !filepath.IsAbs(why.Path) && filepath.Dir(why.Path) == "." {
		return &fs.PathError{Op: why.Op, Path: filepath.Join(f.Path, why.Path), Err: why.Err}
	}
	return err
}
