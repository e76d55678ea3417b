package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"authsync/atomicfile"
	"authsync/disk"
)

// File is where a lock or a vault is kept for a run.
type File struct {
	Path string
	// From is read if there is no file at Path; "" = nothing is read.
	From string
	// Aside is where the file at Path is moved before the first write, if a sandbox
	// left it and this run is at the service. "" = it stays.
	Aside string
	// Read reads the file at Path, or another version of it; nil = the file.
	Read func(path string) ([]byte, error)
	// Prepare makes the folder of Path; nil = it exists.
	Prepare func() error

	// found is what was read at Path when the file was chosen; nil = nothing was.
	found *head
}

// Folder is where a run keeps files that must not be beside the manifest.
type Folder interface {
	// Own returns the path of a file of the environment.
	Own(name string) string
	// Prepare makes the folder.
	Prepare() error
}

// Choose returns where the lock and the vault of an environment are kept for a run at
// places. A run in a sandbox does not touch the service's files, nor files that do not
// say whose they are; it keeps its own in the folder. A run at the service moves a
// sandbox's files aside.
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
		return l.file(lock), v.file(vault)
	}
	return l.besides(lock, own(lock, "lock"), folder), v.besides(vault, own(vault, "vault"), folder)
}

// head is a file that was read, and to which service it belongs.
type head struct {
	text    []byte
	err     error
	present bool
	Systems Places
}

// headOf reads a file. It reports no errors, since opening the file will.
func headOf(path string, read func(path string) ([]byte, error)) *head {
	if read == nil {
		read = disk.ReadLong
	}
	text, err := read(path)
	return &head{text: text, err: err, present: err == nil, Systems: PlacesIn(text)}
}

// PlacesIn returns the places that a lock's or a vault's text states, before its objects
// or elsewhere.
func PlacesIn(text []byte) Places {
	top, objects, _ := halves(text)
	if bytes.Contains(objects, []byte("\nsystems:")) {
		top = text
	}
	var h struct {
		Systems Places `yaml:"systems"`
	}
	if yaml.Unmarshal(top, &h) != nil {
		return nil
	}
	return h.Systems
}

func (h *head) sandbox() string { return h.Systems.Sandbox() }

// file returns the file that was read.
func (h *head) file(path string) File { return File{Path: path, found: h} }

// at returns the file of a run at the service.
func (h *head) at(path, own string, folder Folder) File {
	f := h.file(path)
	if h.sandbox() != "" {
		f.Aside, f.Prepare = own, folder.Prepare
	}
	return f
}

// besides returns the file of a sandbox's run beside the service's. A file of an older
// version may belong to a sandbox too: it is read and not changed.
func (h *head) besides(path, own string, folder Folder) File {
	f := File{Path: own, Prepare: folder.Prepare}
	if h.present && !h.Systems.told() {
		f.From = path
	}
	return f
}

// load has read parse the file, if there is one and it is believed. Other says why it is
// not.
func (f File) load(places Places, read func(text []byte) error) (other string, err error) {
	text, path, other, err := f.read(places)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil || other != "":
		return other, err
	}
	if err := read(text); err != nil {
		return "", fmt.Errorf("%s: %w", path, err)
	}
	return "", nil
}

// read returns what a run at places finds in the file. If the file belongs to another
// service, it is not believed, and other says why.
func (f File) read(places Places) (text []byte, path, other string, err error) {
	h, path := f.found, f.Path
	if h == nil {
		h = headOf(path, f.Read)
	}
	if errors.Is(h.err, fs.ErrNotExist) && f.From != "" {
		path = f.From
		h = headOf(path, nil)
	}
	if h.err == nil && places != nil && h.Systems.told() && h.sandbox() != places.Sandbox() {
		other = places.Other(h.Systems)
	}
	return h.text, path, other, h.err
}

// place prepares the folder for the first write.
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

// writer writes a file, and prepares its folder before the first write.
type writer struct {
	file  File
	ready bool
	put   func(path string, text []byte, mode os.FileMode) error
	// sweep removes what killed runs left beside the file, and reserve takes room on
	// the disk for its next text; nil = none is taken.
	sweep   func(path string)
	reserve func(path string, size int, mode os.FileMode) (*atomicfile.Reserved, error)
}

func newWriter(f File) *writer {
	f.found = nil // it is as long as the file
	return &writer{file: f, put: atomicfile.Write, sweep: atomicfile.Sweep, reserve: atomicfile.Reserve}
}

// rehearse makes the writer write nothing from now on, and returns what tells whether it
// would have.
func (w *writer) rehearse() (asked func() bool) {
	writes := 0
	w.ready, w.put = true, func(string, []byte, os.FileMode) error {
		writes++
		return nil
	}
	return func() bool { return writes > 0 }
}

// Rehearse makes changes of the lock stay in memory, and returns what tells whether
// there were any.
func (l *Lock) Rehearse() (changed func() bool) { return l.writer.rehearse() }

// Rehearse makes changes of the vault stay in memory, and returns what tells whether
// there were any.
func (v *Vault) Rehearse() (changed func() bool) { return v.writer.rehearse() }

func (w *writer) write(text []byte) error {
	if !w.ready {
		if err := w.file.place(); err != nil {
			return err
		}
		w.ready = true
	}
	return w.put(w.file.Path, text, 0o644)
}
