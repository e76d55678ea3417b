package cli

import "golang.org/x/sync/errgroup"

// atOnce is how many environments a run works on at once with so many requests in
// flight. More would not be faster, since each would wait for the others, and what is
// known of each while it is under way takes memory.
func atOnce(requests int) int { return max(4, requests) }

// inTurn calls turn for 0 to n-1, in this order, with so many under way at once.
func inTurn(n, most int, turn func(i int)) {
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
