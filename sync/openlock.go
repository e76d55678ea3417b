package sync

import (
	"fmt"

	"authsync/sync/lock"
)

// OpenLock opens the lock and the vault of a site for a version of authsync. Files
// that belong to another service are not believed. Read, if not nil, reads another
// version of the lock than the file's.
func (s *Site) OpenLock(version string, read func(path string) ([]byte, error)) (err error) {
	owner := lock.Owner{Env: s.Env.Name, Version: version, Places: s.Places, Keys: s.Keys, Recipients: s.Env.Recipients}
	lockFile, vaultFile := lock.Choose(s.Places, LockFile(s.Env.File), VaultFile(s.Env.File), s.State, read)
	if s.Lock, err = lock.OpenFile(lockFile, owner); err != nil {
		return err
	}
	s.Vault, err = lock.OpenVault(vaultFile, owner)
	return err
}

// Disbelieved returns the files that are not believed, since they belong to another
// service, and why.
func (s *Site) Disbelieved() []string {
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
