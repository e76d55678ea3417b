package service

import (
	"context"

	"golang.org/x/sync/errgroup"

	"authsync/sync"
)

// Each does something with each of some things at once, and returns the results in their
// order. The first error ends the others, and leaves no results.
func Each[T, R any](ctx context.Context, things []T, do func(context.Context, T) (R, error)) ([]R, error) {
	results := make([]R, len(things))
	group, ctx := errgroup.WithContext(ctx)
	for i, thing := range things {
		group.Go(func() (err error) {
			results[i], err = do(ctx, thing)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return results, nil
}

func ByName(wants []sync.Want) map[string]sync.Want {
	named := make(map[string]sync.Want, len(wants))
	for _, w := range wants {
		named[w.Name] = w
	}
	return named
}
