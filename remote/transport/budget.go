package transport

import (
	"errors"
	"sync"
)

// Budget is how many attempts some calls may make in all, those that fail included. A
// part of it can be held back for calls that have to be made at the end.
type Budget struct {
	mu         sync.Mutex
	left, held int
}

// NewBudget returns a budget of so many attempts, of which some are held back.
func NewBudget(attempts, held int) *Budget { return &Budget{left: attempts, held: held} }

// ErrSpent is the cause of a call that was not made because the budget is used up.
var ErrSpent = errors.New("this run has made as many requests as it may")

// Left is how many attempts may be made now.
func (b *Budget) Left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(b.left-b.held, 0)
}

// Hold holds back so many attempts, in place of what was held back before.
func (b *Budget) Hold(attempts int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held = attempts
}

// take takes one attempt, and reports whether there was one. A nil budget has no end.
func (b *Budget) take() bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left <= b.held {
		return false
	}
	b.left--
	return true
}

// Bounded returns the same transport, with the same limits and connections, whose calls
// make no more attempts than the budget has.
func (t *Transport) Bounded(b *Budget) *Transport {
	bounded := *t
	bounded.budget = b
	return &bounded
}
