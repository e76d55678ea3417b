package sync

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// Claim keeps every other apply of an environment on this machine out. The
// system gives it up when the process ends, however it ends.
type Claim struct{ lock *flock.Flock }

// holder is who has a claim. It is for messages alone.
type holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// ClaimedError says that another apply of the environment is running.
type ClaimedError struct {
	Env string
	by  holder // zero = not known
}

func (e *ClaimedError) Error() string {
	text := e.Env + ": another apply is running here"
	if e.by.PID == 0 {
		return text
	}
	text += fmt.Sprintf(" (pid %d", e.by.PID)
	if host, _ := os.Hostname(); host != e.by.Host {
		text += " on " + e.by.Host
	}
	return text + ", since " + e.by.Since.Format(time.RFC3339) + ")"
}

// Claim claims the environment for an apply. It does not wait: if another one
// has it, the error is a [ClaimedError]. A claim comes before everything that
// is read for the apply, the lock file too.
func (s State) Claim() (*Claim, error) {
	if s.Dir == "" {
		return &Claim{}, nil
	}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	path := s.file(".apply")
	lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	ours, err := lock.TryLock()
	if err != nil {
		return nil, stateFault(err)
	}
	if !ours {
		held := &ClaimedError{Env: s.Env}
		// Not to know who it is changes nothing: it runs.
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &held.by) != nil {
			held.by = holder{}
		}
		return nil, held
	}
	host, _ := os.Hostname()
	text, err := json.Marshal(holder{os.Getpid(), host, time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		// Where a lock forbids to write to what it locks, nobody is told who has it.
		_ = os.WriteFile(path, append(text, '\n'), 0o600)
	}
	return &Claim{lock}, nil
}

// Release gives the claim up. The file stays: to remove it would take it from
// under whoever claims it at this moment.
func (c *Claim) Release() {
	if c.lock == nil {
		return
	}
	_ = os.Truncate(c.lock.Path(), 0)
	_ = c.lock.Close()
}
