package state

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"authsync/schema/list"
)

// ErrNoSnapshot means that no run of an environment has kept a snapshot here.
var ErrNoSnapshot = errors.New("no apply from here has left anything to go back to")

// KeepSnapshot writes the snapshot of a run with this machine's mark. If there can be
// no mark, it is kept without one; [MachineKey.Make] says why before the run.
func (r Runs) KeepSnapshot(run Number, text []byte) error {
	f, err := r.make()
	if err != nil {
		return err
	}
	defer f.Close()
	if marked, err := r.Key.Mark(text); err == nil {
		text = marked
	}
	return fault(f.Write(r.name(run, snapshotSuffix), text))
}

// DropSnapshot removes the snapshot of a run that wrote nothing, so that the run
// before it counts.
func (r Runs) DropSnapshot(run Number) error {
	f, err := r.open()
	if err != nil {
		return err
	}
	defer f.Close()
	return fault(f.Remove(r.name(run, snapshotSuffix)))
}

// SweepSnapshots removes the snapshots of older runs.
func (r Runs) SweepSnapshots() error {
	f, err := r.open()
	if err != nil {
		return err
	}
	defer f.Close()
	return r.sweep(f, snapshotSuffix)
}

// Snapshots returns the files of all snapshots, the latest last.
func (r Runs) Snapshots() ([]string, error) {
	entries, err := r.listed(snapshotSuffix)
	return list.Each(entries, func(e Entry) string { return r.Path(e.Name) }), err
}

// LatestSnapshot returns the last snapshot that this machine kept at these services;
// here tells by a snapshot's text whether it is one. PassedOver are later ones without
// this machine's mark. If there is none, it returns the last one of other services. It is
// the snapshot with a name if that is still kept.
func (r Runs) LatestSnapshot(name string, here func(text []byte) bool) (file string, passedOver []string, err error) {
	list, err := r.listed(snapshotSuffix)
	if err != nil {
		return "", nil, err
	}
	if at := slices.IndexFunc(list, func(e Entry) bool { return e.Name == name }); at >= 0 {
		list = list[at : at+1]
	}
	if len(list) == 0 {
		return "", nil, ErrNoSnapshot
	}
	f, err := r.open()
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	elsewhere := ""
	for _, e := range slices.Backward(list) {
		text, err := f.Read(e.Name)
		if err != nil {
			return "", nil, fault(err)
		}
		if !here(text) {
			elsewhere = cmp.Or(elsewhere, r.Path(e.Name))
			continue
		}
		if err = r.marked(e, text); err == nil {
			return r.Path(e.Name), passedOver, nil
		}
		if !errors.Is(err, ErrUnmarked) {
			return "", nil, fmt.Errorf("%w; or look at a snapshot, and name it with --from", err)
		}
		passedOver = append(passedOver, r.Path(e.Name))
	}
	if len(passedOver) == 0 {
		return elsewhere, nil, nil // opening it reports why it does not fit
	}
	return "", nil, fmt.Errorf("no snapshot here has the mark of this machine (%s); look at one, then name it with --from: %s", r.Key, passedOver[0])
}

// marked returns an error if a snapshot does not have this machine's mark, or has it
// under another run's number.
func (r Runs) marked(e Entry, text []byte) error {
	if e.Run == 0 || !strings.Contains(string(text), fmt.Sprintf("\nrun: %d\n", e.Run)) {
		return ErrUnmarked
	}
	return r.Key.Check(text)
}
