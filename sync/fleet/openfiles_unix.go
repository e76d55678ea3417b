//go:build unix

package fleet

import (
	"math"
	"syscall"
)

// openFileLimit returns how many files this process may have open at once.
func openFileLimit() (limit int, known bool) {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil || uint64(r.Cur) > math.MaxInt32 {
		return 0, false
	}
	return int(r.Cur), true
}
