//go:build !linux

package cli

// inMemory reports whether a directory is held in memory. Where that cannot be
// known, it is not.
func inMemory(string) bool { return false }
