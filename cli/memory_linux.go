package cli

import (
	"os"
	"syscall"
)

// inMemory reports whether a directory is in memory and a file can be made there.
func inMemory(dir string) bool {
	const tmpfs, ramfs = 0x01021994, 0x858458f6
	var fs syscall.Statfs_t
	if syscall.Statfs(dir, &fs) != nil || uint32(fs.Type) != tmpfs && uint32(fs.Type) != ramfs {
		return false
	}
	trial, err := os.MkdirTemp(dir, "authsync-")
	return err == nil && os.Remove(trial) == nil
}
