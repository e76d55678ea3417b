package sync

import (
	"os"
	"testing"
	"time"
)

// ShortenWaits makes what waits for a write to become visible look again at
// once, as often as before.
func ShortenWaits(t testing.TB) {
	before := waits
	waits = make([]time.Duration, len(before))
	t.Cleanup(func() { waits = before })
}

// OnOpen hands the file of each journal to a test.
func (s *State) OnOpen(tell func(*os.File)) {
	s.open = func(name string, flag int, perm os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(name, flag, perm)
		tell(f)
		return f, err
	}
}
