package sync

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"authsync/schema"
)

// mostHeld is how many bytes of memory the answers read for one environment may take.
// No environment made by hand is larger; a service whose lists never end is.
const mostHeld = 48 << 20

// longestRead is how long the reading of an environment may take, if its site sets no
// time.
const longestRead = 15 * time.Minute

type heldKey struct{}

// holding makes [Hold] count what calls with the context read.
func holding(ctx context.Context) context.Context {
	return context.WithValue(ctx, heldKey{}, new(atomic.Int64))
}

// Hold counts an answer towards the limit of its environment, and returns an error if
// the limit is exceeded.
func Hold(ctx context.Context, answer schema.Value) error {
	held, counted := ctx.Value(heldKey{}).(*atomic.Int64)
	if counted && held.Add(int64(schema.Weight(answer))) > mostHeld {
		return &EndlessError{fmt.Sprintf("what is read comes to more than %d MB", mostHeld>>20)}
	}
	return nil
}

// EndlessError is a read that was given up because it exceeds every reasonable limit.
// It is not the fault of one call, and repeating the call does not help.
type EndlessError struct{ What string }

func (e *EndlessError) Error() string { return e.What + ": it is not read to its end" }

// within limits how long a read may take.
func (s *Site) within(ctx context.Context) (limited context.Context, stop context.CancelFunc) {
	most := longestRead
	if s.ReadTime > 0 {
		most = s.ReadTime
	}
	return context.WithTimeoutCause(ctx, most, &EndlessError{fmt.Sprintf("reading takes longer than %v", most)})
}
