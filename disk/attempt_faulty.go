//go:build faultydisk

package disk

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// The variable AUTHSYNC_FAULTY_DISK says how the disk of this build fails, as
// MODE:N, and AUTHSYNC_FAULTY_DISK_LOG names a file that gets a line for each
// operation. Modes are: once, the n-th operation fails; full, from the n-th on
// there is no room; dead, from the n-th on nothing goes; kill, the program is killed
// instead of the n-th operation.
var faulty = func() *struct {
	sync.Mutex
	mode  string
	at, n int
} {
	mode, number, _ := strings.Cut(os.Getenv("AUTHSYNC_FAULTY_DISK"), ":")
	at, _ := strconv.Atoi(number)
	return &struct {
		sync.Mutex
		mode  string
		at, n int
	}{mode: mode, at: at}
}()

func attempt(op operation) error {
	faulty.Lock()
	defer faulty.Unlock()
	faulty.n++
	err := failure(op)
	if log := os.Getenv("AUTHSYNC_FAULTY_DISK_LOG"); log != "" {
		f, _ := os.OpenFile(log, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		fmt.Fprintln(f, faulty.n, op, err)
		f.Close()
	}
	return err
}

func failure(op operation) error {
	switch {
	case faulty.mode == "kill" && faulty.n == faulty.at:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case faulty.mode == "once" && faulty.n == faulty.at, faulty.mode == "dead" && faulty.n >= faulty.at:
		return syscall.EIO
	case faulty.mode == "full" && faulty.n >= faulty.at && op != change:
		return syscall.ENOSPC
	}
	return nil
}
