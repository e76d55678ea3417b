// Package fleet runs over many environments: it says which are under way at once, makes
// their plans, and applies them: in two passes, wave by wave, each environment claimed
// and planned again before its first write.
//
// It must not know systems, flags or exit codes, nor print: how an environment is
// connected, who is told how the run goes on, and why a plan must not be applied are
// handed in, and what is shown is handed up as data. Begin reading at [Run] and
// [Passes].
package fleet

import (
	"errors"

	"golang.org/x/sync/errgroup"
)

// RefusedError says why an environment, or a whole run, must not be applied.
type RefusedError struct{ Err error }

func (e *RefusedError) Error() string { return e.Err.Error() }
func (e *RefusedError) Unwrap() error { return e.Err }

// Refusing returns errors of a type as a [RefusedError], and others as they are.
func Refusing[E error](err error) error {
	if _, refuses := errors.AsType[E](err); refuses {
		return &RefusedError{err}
	}
	return err
}

// AtOnce is how many environments a run works on at once with so many requests in
// flight. More would not be faster, since each would wait for the others, and what is
// known of each while it is under way takes memory.
func AtOnce(requests int) int { return max(4, requests) }

// Turns returns what one makes for 0 to n-1; see [InTurn].
func Turns[T any](n, most int, one func(i int) T) []T {
	made := make([]T, n)
	InTurn(n, most, func(i int) { made[i] = one(i) })
	return made
}

// InTurn calls turn for 0 to n-1, in this order, with so many under way at once.
func InTurn(n, most int, turn func(i int)) {
	var group errgroup.Group
	group.SetLimit(most)
	for i := range n {
		group.Go(func() error {
			turn(i)
			return nil
		})
	}
	group.Wait()
}
