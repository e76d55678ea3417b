//go:build !unix

package cli

import (
	"os"
	"syscall"
)

var writeSignals = []os.Signal{syscall.SIGPIPE}
