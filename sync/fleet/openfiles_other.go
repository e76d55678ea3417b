//go:build !unix

package fleet

// openFileLimit is unknown here: the system has no limit that matters.
func openFileLimit() (limit int, known bool) { return 0, false }
