package sync

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"

	"authsync/sync/state"
)

// LockFile is where the lock of a manifest is: prod.lock.yaml beside prod.yaml.
func LockFile(manifest string) string { return siblingFile(manifest, "lock") }

// VaultFile is where the vault of a manifest is: prod.vault.yaml beside prod.yaml.
func VaultFile(manifest string) string { return siblingFile(manifest, "vault") }

// StateOf is the state directory of an environment: .authsync beside its manifest. In
// another directory each manifest has a folder of its own.
func StateOf(env, manifest, elsewhere string) state.Runs {
	dir := filepath.Join(filepath.Dir(manifest), ".authsync")
	if elsewhere != "" {
		file := manifest
		if whole, err := filepath.Abs(file); err == nil {
			file = whole
		}
		sum := sha256.Sum256([]byte(file))
		dir = filepath.Join(elsewhere, strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))+"-"+hex.EncodeToString(sum[:6]))
	}
	return state.Runs{Dir: dir, Env: env, Above: elsewhere}
}

// siblingFile is the name of a file that authsync keeps beside a manifest.
func siblingFile(manifest, what string) string {
	ext := filepath.Ext(manifest)
	return strings.TrimSuffix(manifest, ext) + "." + what + ext
}
