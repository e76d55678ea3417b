package sync

import (
	"encoding/json"
	"fmt"
	stdsync "sync"

	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync/lock"
)

// OpenLock opens the lock and the vault of a site for a version of authsync. Files
// that belong to another service are not believed. Read, if not nil, reads another
// version of the lock than the file's; otherwise the lock is brought to where a killed
// run left it.
func (s *Site) OpenLock(version string, read func(path string) ([]byte, error)) (err error) {
	s.witnesses = &witnesses{shown: quirk.Set{}}
	owner := lock.Owner{Env: s.Env.Name, Version: version, Places: s.Places, Keys: s.Keys, Recipients: s.Env.Recipients}
	lockFile, vaultFile := lock.Choose(s.Places, LockFile(s.Env.File), VaultFile(s.Env.File), s.State, read)
	if s.Lock, err = lock.OpenFile(lockFile, owner); err != nil {
		return err
	}
	if read == nil {
		s.catchUp()
	}
	s.stamps = stdsync.OnceValue(s.seenStamps)
	s.Vault, err = lock.OpenVault(vaultFile, owner)
	return err
}

// catchUp gives the lock the changes that a killed run noted in its journal and did not
// write. A state directory that cannot be read, or that came with a repository, tells
// nothing; an apply says so.
func (s *Site) catchUp() {
	lines, err := s.State.Unwritten(s.here, s.Lock.Digest())
	if err != nil || len(lines) == 0 || s.State.Untracked() != nil {
		return
	}
	var noted []lock.Noted
	for _, l := range lines {
		var n lock.Noted
		if n.Object, err = schema.ParseKey(l.Object); err != nil || json.Unmarshal(l.Entry, &n.Trace) != nil {
			return
		}
		noted = append(noted, n)
	}
	s.Lock.CatchUp(noted, func(key schema.Key) schema.Object {
		if d := s.collection(key.Kind).Object(key.Name); d != nil {
			return d.Fields
		}
		return nil
	})
}

// disbelieved returns the files that are not believed, since they belong to another
// service, and why.
func (s *Site) disbelieved() []string {
	var all []string
	for _, m := range []interface {
		Path() string
		Other() string
	}{s.Lock, s.Vault} {
		if m.Other() != "" {
			all = append(all, fmt.Sprintf("%s is not believed: %s", m.Path(), m.Other()))
		}
	}
	return all
}
