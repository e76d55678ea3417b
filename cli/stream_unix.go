//go:build unix

package cli

import (
	"os"
	"syscall"
)

// writeSignals are sent for a write to a pipe without a reader, and to a file that
// exceeds the size limit.
var writeSignals = []os.Signal{syscall.SIGPIPE, syscall.SIGXFSZ}
