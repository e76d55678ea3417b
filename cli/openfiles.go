package cli

import "fmt"

// The number of files that an apply holds open must not grow with the number of its
// environments. If they ran out half way, a key could be created whose token cannot be
// stored. So only a few environments are applied at once.

const (
	filesAtAll  = 32 // standard streams, plugins, manifests, the runtime's files
	filesOfEach = 6  // of each environment: its claim, its journal, and a file being written
)

// underWay returns how many environments an apply may work on at once with so many
// requests in flight, or an error if this process may not open enough files.
func underWay(requests int) (int, error) {
	most := atOnce(requests)
	limit, known := openFileLimit()
	if !known {
		return most, nil
	}
	if need := filesAtAll + requests + filesOfEach; limit < need {
		return 0, fmt.Errorf("this process may have %d files open at once, and an apply needs %d: raise the limit (ulimit -n), or lower --concurrency", limit, need)
	}
	return min(most, (limit-filesAtAll-requests)/filesOfEach), nil
}
