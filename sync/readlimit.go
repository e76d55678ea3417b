package sync

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"authsync/schema"
)

// mostHeld is how much memory may be taken, in bytes, by what is read of one
// environment. Whoever has more than this has not got it by hand, or reads from a
// service that never comes to an end.
const mostHeld = 48 << 20

// longestRead is how long the reading of an environment may take, unless its site
// says otherwise.
const longestRead = 15 * time.Minute

type heldKey struct{}

// holding has [Hold] count what calls with a context read.
func holding(ctx context.Context) context.Context {
	return context.WithValue(ctx, heldKey{}, new(atomic.Int64))
}

// Hold counts an answer in with what was read before of its environment. The error says
// that it is too much to be read on.
func Hold(ctx context.Context, answer schema.Value) error {
	held, counted := ctx.Value(heldKey{}).(*atomic.Int64)
	if counted && held.Add(int64(schema.Weight(answer))) > mostHeld {
		return &EndlessError{fmt.Sprintf("what is read comes to more than %d MB", mostHeld>>20)}
	}
	return nil
}

// EndlessError is a read that is given up, since it does not come to an end in
// reason. It is no fault of one call, and no other call would mend it.
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
