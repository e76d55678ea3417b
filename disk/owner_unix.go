//go:build unix

package disk

import (
	"io/fs"
	"os"
	"syscall"
)

func owner(info fs.FileInfo) (uid uint32, known bool) {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return stat.Uid, true
}

// names is how many names a file has.
func names(info fs.FileInfo) uint64 {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(stat.Nlink)
}

// own reports whether a user is oneself or root.
func own(uid uint32) bool { return uid == 0 || int(uid) == os.Geteuid() }

// OpenToOthers reports whether others than its owner may read a file.
func OpenToOthers(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
