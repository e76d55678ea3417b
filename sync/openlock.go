package sync

import (
	"fmt"

	"authsync/sync/lock"
)

// Remember opens the lock and the vault of a site, for the authsync of a
// version. What is of another service is not believed. Read, if not nil, reads
// another version of the lock than the file's.
func (s *Site) Remember(version string, read func(path string) ([]byte, error)) (err error) {
	owner := lock.Owner{Env: s.Env.Name, Version: version, Places: s.Places, Keys: s.Keys, Recipients: s.Env.Recipients}
	lockFile, vaultFile := lock.Choose(s.Places, LockFile(s.Env.File), VaultFile(s.Env.File), s.State, read)
	if s.Lock, err = lock.OpenFile(lockFile, owner); err != nil {
		return err
	}
	s.Vault, err = lock.OpenVault(vaultFile, owner)
	return err
}

// Others are the files that are not believed, and why: each is the memory of
// another service.
func (s *Site) Others() []string {
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
