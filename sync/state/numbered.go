package state

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"authsync/disk"
	"authsync/schema/pattern"
)

// The files of a run have its number in their names, and each run's number is one more
// than the greatest there is. So the last run is the one that was made last, whatever
// the clock said. Files of older versions have a time in place of the number; they are
// ordered by it and come before all numbered ones.

const (
	journalSuffix  = ".jsonl"
	snapshotSuffix = ".snapshot.yaml"
	// Kept is the number of runs whose files are kept.
	Kept = 20
	// most is the greatest number that is accepted.
	most = 1 << 62
)

// Number is the number of a run; 0 = one of an older version.
type Number uint64

var (
	numbered = pattern.Of(`^-(\d{8,19})$`)
	timed    = pattern.Of(`^-(\d{8}T\d{6}\.\d{9}Z)(?:-\d+)?$`)
)

// Entry is a file of a run.
type Entry struct {
	Name string
	Run  Number
	time string // in the name, if an older version made it
}

func (r Runs) name(run Number, suffix string) string {
	return r.file(fmt.Sprintf("-%08d%s", run, suffix))
}

// list returns the environment's files of one sort, the oldest run first.
func (r Runs) list(f *disk.Folder, suffix string) ([]Entry, error) {
	names, err := r.names(f)
	if err != nil {
		return nil, fault(err)
	}
	var list []Entry
	for _, name := range names {
		stem, sorted := strings.CutSuffix(name, suffix)
		rest, ours := strings.CutPrefix(stem, r.Env) // -00000012 belongs to prod, -eu-00000012 does not
		if !sorted || !ours {
			continue
		}
		if m := numbered.FindStringSubmatch(rest); m != nil {
			if n, err := strconv.ParseUint(m[1], 10, 64); err == nil && n > 0 && n < most {
				list = append(list, Entry{Name: name, Run: Number(n)})
			}
		} else if m := timed.FindStringSubmatch(rest); m != nil {
			list = append(list, Entry{Name: name, time: m[1]})
		}
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.time, b.time), cmp.Compare(a.Name, b.Name))
	})
	return list, nil
}

// names returns the names in the directory, or of these the environment's.
func (r Runs) names(f *disk.Folder) ([]string, error) {
	if r.Listing == nil {
		return f.Names()
	}
	return r.Listing.of(f, r.Env)
}

// listed is list for a directory that may not exist.
func (r Runs) listed(suffix string) ([]Entry, error) {
	if r.Nowhere() {
		return nil, nil
	}
	f, err := r.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return r.list(f, suffix)
}

// Next returns the number of the next run.
func (r Runs) Next() (Number, error) {
	greatest := Number(0)
	for _, suffix := range []string{journalSuffix, snapshotSuffix} {
		list, err := r.listed(suffix)
		if err != nil {
			return 0, err
		}
		if len(list) > 0 {
			greatest = max(greatest, list[len(list)-1].Run)
		}
		if greatest+1 >= most {
			return 0, fmt.Errorf("%s: no run can come after it, and none is numbered so; delete it", r.Path(list[len(list)-1].Name))
		}
	}
	return greatest + 1, nil
}

// sweep removes the files of one sort that are older than those of the last runs. If
// one remains, it does no harm.
func (r Runs) sweep(f *disk.Folder, suffix string) error {
	list, err := r.list(f, suffix)
	if err != nil {
		return err
	}
	for len(list) > Kept {
		if err := f.Remove(list[0].Name); err != nil && !errors.Is(err, os.ErrPermission) {
			return fault(err)
		}
		list = list[1:]
	}
	return nil
}
