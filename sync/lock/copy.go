package lock

import (
	"maps"
	"os"
	"slices"

	"authsync/atomicfile"
	"authsync/schema"
)

// Copy returns a lock that says the same and stays in memory: whatever is recorded in
// it, no file is touched.
func (l *Lock) Copy() *Lock {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := newLock(l.writer.file, l.owner)
	c.writer, c.log = inMemory(l.writer.file), forgetful{}
	c.present, c.other, c.trusted, c.run = l.present, l.other, l.trusted, l.run
	c.places, c.moved = maps.Clone(l.places), maps.Clone(l.moved)
	c.recipients, c.listed, c.apart = slices.Clone(l.recipients), slices.Clone(l.listed), slices.Clone(l.apart)
	c.objects, c.spelled = maps.Clone(l.objects), maps.Clone(l.spelled)
	c.unmanaged, c.making = slices.Clone(l.unmanaged), slices.Clone(l.making)
	l.key.mu.Lock()
	defer l.key.mu.Unlock()
	c.key.key, c.key.tried = l.key.key, l.key.tried
	return c
}

// forgetful is the log of a copy: with a log, the lock is not spelled after each change.
type forgetful struct{}

func (forgetful) Changed(schema.Key, Trace) {}
func (forgetful) Writing(string)            {}

// Copy returns a vault that holds the same and stays in memory.
func (v *Vault) Copy() *Vault {
	v.mu.Lock()
	defer v.mu.Unlock()
	return &Vault{
		owner: v.owner, other: v.other, places: maps.Clone(v.places), writer: inMemory(v.writer.file),
		held:     contents{maps.Clone(v.held.tokens), maps.Clone(v.held.making)},
		reserved: map[schema.Key]*atomicfile.Reserved{},
	}
}

func inMemory(f File) *writer {
	return &writer{
		file: f, ready: true,
		put:     func(string, []byte, os.FileMode) error { return nil },
		sweep:   func(string) {},
		reserve: func(string, int, os.FileMode) (*atomicfile.Reserved, error) { return nil, nil },
	}
}
