//go:build unix

package cli

import (
	"os"
	"syscall"
)

// writeSignals are what the system sends for a write to a pipe that nobody reads,
// and to a file that is larger than it may be.
var writeSignals = []os.Signal{syscall.SIGPIPE, syscall.SIGXFSZ}
