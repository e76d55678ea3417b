package service

import (
	"context"
	stdsync "sync"
	"time"
)

// kept caches a value that expires until shortly before its end. Concurrent callers
// wait for one fetch.
type kept[T comparable] struct {
	fetch func(context.Context) (T, time.Duration, error)
	// early is how long before its end the value is no longer used; half of a short
	// life.
	early time.Duration

	mu    stdsync.Mutex
	value T
	ends  time.Time
}

func (k *kept[T]) get(ctx context.Context) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	var none T
	if k.value == none || !time.Now().Before(k.ends) {
		if err := ctx.Err(); err != nil {
			return none, err // given up while another caller fetched
		}
		value, life, err := k.fetch(ctx)
		if err != nil {
			return none, err
		}
		k.value, k.ends = value, time.Now().Add(life-min(k.early, life/2))
	}
	return k.value, nil
}

// forget makes the next caller fetch, unless the value was fetched again since.
func (k *kept[T]) forget(meant func(T) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if meant(k.value) {
		var none T
		k.value = none
	}
}
