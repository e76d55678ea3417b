package sync

import (
	"fmt"
	"strings"

	"authsync/schema/list"
)

// While a kind that the manifest names could not be read, in whatever system, no Take
// step is made in the environment: the objects that replace the old ones may be
// missing. This does not hold for a kind that its service can never show, which is
// compared with what was last applied, nor for a kind that the targets leave out.

// heldBack returns why no Take step is made, or nil.
func (p *EnvironmentPlan) heldBack() error {
	if len(p.Unread) == 0 {
		return nil
	}
	return fmt.Errorf("nothing is removed while %s cannot be read", strings.Join(p.Unread, ", "))
}

// HeldBack returns how many steps are not made whatever else succeeds, and why.
func (p *EnvironmentPlan) HeldBack() (int, error) {
	why := p.heldBack()
	if why == nil {
		return 0, nil
	}
	return list.Count(p.Steps, func(s Step) bool { return s.Phase == Take }), why
}

// withheld returns why a run makes no Take step, or nil.
func (a *applier) withheld() error {
	switch {
	case a.missing != nil:
		return fmt.Errorf("nothing is removed before step %d (%s %s) has succeeded",
			a.missing.Step.Number, a.missing.Step.Op, a.missing.Step.Key)
	case a.unseen != nil:
		return fmt.Errorf("nothing is removed before everything added was read back: %w", a.unseen)
	}
	return a.plan.heldBack()
}

// noteHeldBack tells the reviewer why Take steps are held back.
func (p *EnvironmentPlan) noteHeldBack() {
	if n, why := p.HeldBack(); n > 0 {
		p.Notes = append(p.Notes, Note{Code: NoteHeldBack, Text: why.Error()})
	}
}
