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

// Claim excludes every other apply of an environment on this machine. The operating
// system releases it when the process ends.
type Claim struct {
	file *disk.File
	lock *flock.Flock
}

// claimant is the process that has a claim. It is only for messages.
type claimant struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// ClaimedError says that another apply of the environment is running.
type ClaimedError struct {
	Env string
	by  claimant // zero = unknown
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

// Claim claims the environment for an apply. It does not wait: if another apply has
// the claim, the error is a [ClaimedError]. The claim must be taken before anything is
// read for the apply, including the lock file.
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
		// If the claimant is not known, the error is the same.
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

// tryLock locks the file at path, if it is still the file that was opened.
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

// note writes who has the claim. If the system forbids to write to a locked file,
// nobody is told.
func (c *Claim) note() {
	host, _ := os.Hostname()
	text, err := json.Marshal(claimant{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if err == nil && c.file.Truncate(0) == nil {
		_, _ = c.file.WriteAt(append(text, '\n'), 0)
	}
}

// Release gives the claim up. The file stays, since another process may be claiming it
// at this moment.
func (c *Claim) Release() {
	if c.lock == nil {
		return
	}
	_ = c.file.Truncate(0)
	_ = c.file.Close()
	_ = c.lock.Close()
}
