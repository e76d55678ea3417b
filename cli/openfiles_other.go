//go:build !unix

package cli

// openFileLimit is not known here: the system sets none that matters.
func openFileLimit() (limit int, known bool) { return 0, false }
