package sync

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"

	"authsync/disk"
	"authsync/sync/state"
)

// Mark is a digest of the lock, the vault and the next run's number of an environment.
// Equal marks mean that no apply has run in between.
type Mark [sha256.Size]byte

// MarkOf takes the mark of an environment. It must be called before the lock and the
// vault are read for a plan.
func MarkOf(manifest string, runs state.Runs) (Mark, error) {
	h := sha256.New()
	for _, file := range []string{LockFile(manifest), VaultFile(manifest)} {
		text, err := disk.ReadLong(file)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Mark{}, err
		}
		fmt.Fprintf(h, "%t %d\n%s", err == nil, len(text), text)
	}
	run, err := runs.Next()
	fmt.Fprintln(h, run)
	return Mark(h.Sum(nil)), err
}

// OvertakenError says that another apply of an environment ran between its plan and
// its own apply.
type OvertakenError struct{ Env string }

func (e *OvertakenError) Error() string {
	return "another apply of " + e.Env + " has run since it was planned; plan again"
}

// Untouched is the report on an environment whose apply could not begin.
func Untouched(plan *EnvironmentPlan, why error) *Report {
	r := &Report{Name: plan.Name, Errors: []error{why}}
	for _, s := range plan.Steps {
		r.Steps = append(r.Steps, StepResult{Step: s, Outcome: Skipped})
	}
	return r
}
