package sync

import (
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
