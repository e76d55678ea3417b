package state

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"

	"authsync/disk"
)

// Claim keeps every other apply of an environment on this machine out. The
// system gives it up when the process ends, however it ends.
type Claim struct {
	file *disk.File
	lock *flock.Flock
}

// claimant is who has a claim. It is for messages alone.
type claimant struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// ClaimedError says that another apply of the environment is running.
type ClaimedError struct {
	Env string
	by  claimant // zero = not known
}

func (e *ClaimedError) Error() string {
	text := e.Env + ": another apply is running here"
	if e.by.PID == 0 {
		return text
	}
	text += fmt.Sprintf(" (pid %d", e.by.PID)
	if host, _ := os.Hostname(); host != e.by.Host {
		text += fmt.Sprintf(" on %q", e.by.Host)
	}
	return text + ", since " + e.by.Since.Format(time.RFC3339) + ")"
}

// Claim claims the environment for an apply. It does not wait: if another one
// has it, the error is a [ClaimedError]. A claim comes before everything that
// is read for the apply, the lock file too.
func (r Runs) Claim() (*Claim, error) {
	if r.Nowhere() {
		return &Claim{}, nil
	}
	f, err := r.make()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	name := r.file(".apply")
	file, err := f.Open(name, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, fault(err)
	}
	lock, ours, err := tryLock(r.Path(name), file)
	if err == nil && !ours {
		// Not to know who it is changes nothing: it runs.
		held := &ClaimedError{Env: r.Env}
		if text, err := f.Read(name); err == nil && json.Unmarshal(text, &held.by) != nil {
			held.by = claimant{}
		}
		err = held
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	c := &Claim{file, lock}
	c.note()
	return c, nil
}

// tryLock locks the file at path, if it is still the one that was opened.
func tryLock(path string, opened *disk.File) (lock *flock.Flock, ours bool, err error) {
	lock = flock.New(path, flock.SetFlag(os.O_RDWR))
	if ours, err = lock.TryLock(); err != nil || !ours {
		return nil, false, fault(err)
	}
	is, err := lock.Stat()
	was, failed := opened.Stat()
	if err = errors.Join(err, failed); err == nil && !os.SameFile(is, was) {
		err = fmt.Errorf("%s: %w", path, disk.ErrLink)
	}
	if err != nil {
		return nil, false, errors.Join(err, lock.Close())
	}
	return lock, true, nil
}

// note says who has the claim. Where a lock forbids to write to what it locks,
// nobody is told.
func (c *Claim) note() {
	host, _ := os.Hostname()
	text, err := json.Marshal(claimant{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if err == nil && c.file.Truncate(0) == nil {
		_, _ = c.file.WriteAt(append(text, '\n'), 0)
	}
}

// Release gives the claim up. The file stays: to remove it would take it from
// under whoever claims it at this moment.
func (c *Claim) Release() {
	if c.lock == nil {
		return
	}
	_ = c.file.Truncate(0)
	_ = c.file.Close()
	_ = c.lock.Close()
}
