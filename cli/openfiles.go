package cli

import "fmt"

// What an apply holds open must not grow with the number of its environments:
// were the files to run out in the middle, a key could be made whose token
// cannot be kept. So only a few environments are worked on at once.

const (
	filesAtAll  = 32 // standard streams, plugins, manifests, what the runtime has
	filesOfEach = 6  // of an environment: its claim, its journal, and what is just being written
)

// underWay is how many environments an apply works on at once, with so many
// requests in flight. It is an error if this process may not open enough files.
func underWay(requests int) (int, error) {
	most := max(4, requests)
	limit, known := openFileLimit()
	if !known {
		return most, nil
	}
	if need := filesAtAll + requests + filesOfEach; limit < need {
		return 0, fmt.Errorf("this process may have %d files open at once, and an apply needs %d: raise the limit (ulimit -n), or lower --concurrency", limit, need)
	}
	return min(most, (limit-filesAtAll-requests)/filesOfEach), nil
}
