package sync

import (
	"fmt"
	"slices"

	"authsync/sync/lock"
)

// Moved are the systems that the lock remembers at another address. Where a
// sandbox plays them all, no address is another one.
func (s *Site) Moved() []lock.Contradiction {
	if s.Places.Sandbox() != "" {
		return nil
	}
	return s.Lock.Moved()
}

// Withheld are the systems that nothing is sent to: they have moved, and that is
// not among what is allowed.
func (s *Site) Withheld(allow []string) []lock.Contradiction {
	if slices.Contains(allow, string(GateDestination)) {
		return nil
	}
	return s.Moved()
}

// DestinationError says that a system has moved, and that nothing is sent to
// where it is now.
type DestinationError struct{ lock.Contradiction }

func (e *DestinationError) Error() string {
	return fmt.Sprintf("%s: was at %s when something was last applied, and the manifest says %s: nothing is sent there before it is allowed, with --allow %s",
		e.System, e.Was.Address, e.Is.Address, GateDestination)
}
