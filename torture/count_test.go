package torture

import (
	"fmt"
	"sync"
)

// counts are what the games came to.
type counts struct {
	mu                                           sync.Mutex
	games, live, looks, applies, struck, refused int
}

func (c *counts) add(what func(*counts)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	what(c)
}

func (c *counts) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return fmt.Sprintf("%d games: %d applies, of which %d were struck by faults and %d refused, %d runs of somebody else, %d looks",
		c.games, c.applies, c.struck, c.refused, c.live, c.looks)
}
