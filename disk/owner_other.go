//go:build !unix

package disk

import "io/fs"

// owner is not known here: access is a matter of lists that a mode does not show.
func owner(fs.FileInfo) (uid uint32, known bool) { return 0, false }

func names(fs.FileInfo) uint64 { return 1 }

func own(uint32) bool { return true }

// OpenToOthers is not known here.
func OpenToOthers(fs.FileInfo) bool { return false }
