package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/disk"
)

// File is where a memory is kept for a run.
type File struct {
	Path string
	// From is read while there is nothing at Path; "" = nothing is.
	From string
	// Aside is where what stands at Path goes before it is first written: a
	// sandbox left it, and this is the service. "" = it stays.
	Aside string
	// Read reads what stands at Path, or another version of it; nil = the file.
	Read func(path string) ([]byte, error)
	// Prepare makes the folder of Path; nil = it is there.
	Prepare func() error
}

// Folder is where a run keeps memories that must not stand beside the manifest.
type Folder interface {
	// Own is the path of the environment's file of a name.
	Own(name string) string
	// Prepare makes the folder.
	Prepare() error
}

// Choose says where the lock and the vault of an environment are kept for a run
// at places. A sandbox's run leaves those of the service alone, and what does
// not say whose it is; it keeps its own in the folder then. The service's run
// sets those of a sandbox aside.
//
// Read, if not nil, reads another version of the lock.
func Choose(places Places, lock, vault string, folder Folder, read func(path string) ([]byte, error)) (lockFile, vaultFile File) {
	lockFile, vaultFile = choose(places, lock, vault, folder, read)
	if lockFile.Path == lock {
		lockFile.Read = read
	}
	return lockFile, vaultFile
}

func choose(places Places, lock, vault string, folder Folder, read func(path string) ([]byte, error)) (lockFile, vaultFile File) {
	l, v := headOf(lock, read), headOf(vault, nil)
	own := func(path, name string) string { return folder.Own("sandbox." + name + filepath.Ext(path)) }
	if places.Sandbox() == "" {
		return l.at(lock, own(lock, "lock"), folder), v.at(vault, own(vault, "vault"), folder)
	}
	if !l.present && !v.present || l.sandbox()+v.sandbox() != "" {
		return File{Path: lock}, File{Path: vault}
	}
	return l.besides(lock, own(lock, "lock"), folder), v.besides(vault, own(vault, "vault"), folder)
}

// head is what a memory's file says of whose memory it is.
type head struct {
	present bool
	Systems Places `yaml:"systems"`
}

// headOf reads no more than it must: what is wrong with a file is said by who
// opens it.
func headOf(path string, read func(path string) ([]byte, error)) head {
	text, err := File{Read: read}.readBeside(path)
	return head{present: err == nil, Systems: PlacesIn(text)}
}

// PlacesIn are the places that the text of a memory's file carries.
func PlacesIn(text []byte) Places {
	var h head
	if yaml.Unmarshal(text, &h) != nil {
		return nil
	}
	return h.Systems
}

func (h head) sandbox() string { return h.Systems.Sandbox() }

// at is the file of a run at the service.
func (h head) at(path, own string, folder Folder) File {
	f := File{Path: path}
	if h.sandbox() != "" {
		f.Aside, f.Prepare = own, folder.Prepare
	}
	return f
}

// besides is the file of a sandbox's run beside the service's. One of an older
// version may be a sandbox's as well: it is read, and left alone.
func (h head) besides(path, own string, folder Folder) File {
	f := File{Path: own, Prepare: folder.Prepare}
	if h.present && !h.Systems.told() {
		f.From = path
	}
	return f
}

// read returns what a run at places finds in the file. What is of another
// service is not believed: other says why.
func (f File) read(places Places) (text []byte, path, other string, err error) {
	path = f.Path
	text, err = f.readBeside(path)
	if errors.Is(err, fs.ErrNotExist) && f.From != "" {
		path = f.From
		text, err = disk.ReadBeside(path)
	}
	if err != nil || places == nil {
		return text, path, "", err
	}
	if was := PlacesIn(text); was.told() && was.Sandbox() != places.Sandbox() {
		other = places.Other(was)
	}
	return text, path, other, nil
}

func (f File) readBeside(path string) ([]byte, error) {
	if f.Read != nil {
		return f.Read(path)
	}
	return disk.ReadBeside(path)
}

// place makes room for the first write.
func (f File) place() error {
	if f.Prepare != nil {
		if err := f.Prepare(); err != nil {
			return err
		}
	}
	if f.Aside == "" {
		return nil
	}
	err := os.Rename(f.Path, f.Aside)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: what a sandbox left cannot be set aside: %w", f.Path, err)
	}
	return nil
}

// writer writes a memory's file, and makes room before the first time.
type writer struct {
	file  File
	ready bool
	put   func(path string, text []byte, mode os.FileMode) error
}

func newWriter(f File) *writer { return &writer{file: f, put: atomicfile.Write} }

func (w *writer) write(text []byte) error {
	if !w.ready {
		if err := w.file.place(); err != nil {
			return err
		}
		w.ready = true
	}
	return w.put(w.file.Path, text, 0o644)
}
