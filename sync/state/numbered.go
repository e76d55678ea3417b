package state

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"authsync/disk"
)

// The files of a run carry its number, and the number of a run is one more than
// the greatest there is. So the last run is the one that was made last, whatever
// the clock said. Files of older versions carry a time in place of the number:
// among themselves they follow it, and they come before all that are numbered.

const (
	journalSuffix  = ".jsonl"
	snapshotSuffix = ".snapshot.yaml"
	// kept is of how many runs the files are kept, the last ones.
	kept = 20
	// most bounds the numbers: greater ones are nobody's.
	most = 1 << 62
)

// Number is the number of a run; 0 is one of an older version.
type Number uint64

var (
	numbered = regexp.MustCompile(`^-(\d{8,19})$`)
	timed    = regexp.MustCompile(`^-(\d{8}T\d{6}\.\d{9}Z)(?:-\d+)?$`)
)

// Entry is a file of a run.
type Entry struct {
	Name string
	Run  Number
	time string // in the name, of an older version
}

// name is the name of a file of a run.
func (r Runs) name(run Number, suffix string) string {
	return r.file(fmt.Sprintf("-%08d%s", run, suffix))
}

// list lists the environment's files of one sort, the oldest run first.
func (r Runs) list(f *disk.Folder, suffix string) ([]Entry, error) {
	names, err := f.Names()
	if err != nil {
		return nil, fault(err)
	}
	var list []Entry
	for _, name := range names {
		stem, sorted := strings.CutSuffix(name, suffix)
		rest, ours := strings.CutPrefix(stem, r.Env) // -00000012 is of prod, -eu-00000012 is not
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

// listed is list for a directory that need not be there.
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

// Next is the number of the next run.
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
	}
	return greatest + 1, nil
}

// sweep removes the files of one sort that are older than the last runs'. One too
// many does no harm.
func (r Runs) sweep(f *disk.Folder, suffix string) error {
	list, err := r.list(f, suffix)
	if err != nil {
		return err
	}
	for len(list) > kept {
		if err := f.Remove(list[0].Name); err != nil && !errors.Is(err, os.ErrPermission) {
			return fault(err)
		}
		list = list[1:]
	}
	return nil
}
