package service

import (
	"context"
	stdsync "sync"
	"time"
)

// cached keeps a value that expires until shortly before its end. Concurrent callers
// wait for one fetch.
type cached[T comparable] struct {
	fetch func(context.Context) (T, time.Duration, error)
	// early is how long before its end the value is no longer used; half of a short
	// life.
	early time.Duration

	mu    stdsync.Mutex
	value T
	ends  time.Time
}

func (c *cached[T]) get(ctx context.Context) (T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var none T
	if c.value == none || !time.Now().Before(c.ends) {
		if ctx.Err() != nil {
			return none, context.Cause(ctx) // given up while another caller fetched
		}
		value, life, err := c.fetch(ctx)
		if err != nil {
			return none, err
		}
		c.value, c.ends = value, time.Now().Add(life-min(c.early, life/2))
	}
	return c.value, nil
}

// forget makes the next caller fetch, unless the value was fetched again since.
func (c *cached[T]) forget(meant func(T) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if meant(c.value) {
		var none T
		c.value = none
	}
}
