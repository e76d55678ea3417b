package state

import (
	"slices"
	"strings"
	"sync"

	"authsync/disk"
)

// Listing has the names of the files in directories of many environments, as they were
// when one of these asked for the first time. There are some files for each environment:
// if each listed them all, a run of ten thousand would list them ten thousand times. It is
// for runs that write nothing there, and safe for concurrent use.
type Listing struct {
	mu    sync.Mutex
	names map[string][]string // sorted, by directory
}

// of returns the names in a folder that begin in one way.
func (l *Listing) of(f *disk.Folder, beginning string) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	names, listed := l.names[f.Path]
	if !listed {
		var err error
		if names, err = f.Names(); err != nil {
			return nil, err
		}
		slices.Sort(names)
		if l.names == nil {
			l.names = map[string][]string{}
		}
		l.names[f.Path] = names
	}
	from, _ := slices.BinarySearch(names, beginning)
	some := names[from:]
	if end := slices.IndexFunc(some, func(name string) bool { return !strings.HasPrefix(name, beginning) }); end >= 0 {
		some = some[:end]
	}
	return some, nil
}
