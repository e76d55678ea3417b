package sync

import (
	"fmt"
	"strings"
)

// Nothing is taken away in an environment while a kind that its manifest names
// could not be read, in whatever system: what is to take the place of the old
// may not be there. A kind that its service cannot show at all is not meant: it
// is compared with what was last applied. Nor is what a target leaves out.

// heldBack says why nothing is taken away, or nil.
func (p *EnvironmentPlan) heldBack() error {
	if len(p.Unread) == 0 {
		return nil
	}
	return fmt.Errorf("nothing is taken away while %s cannot be read", strings.Join(p.Unread, ", "))
}

// HeldBack is how many steps are not made whatever else succeeds, and why.
func (p *EnvironmentPlan) HeldBack() (int, error) {
	why := p.heldBack()
	if why == nil {
		return 0, nil
	}
	n := 0
	for _, s := range p.Steps {
		if s.Phase == Take {
			n++
		}
	}
	return n, why
}

// withheld says why nothing is taken away by a run, or nil.
func (a *applier) withheld() error {
	switch {
	case a.missing != nil:
		return fmt.Errorf("nothing is taken away before step %d (%s %s) has succeeded",
			a.missing.Step.Number, a.missing.Step.Op, a.missing.Step.Key)
	case a.unseen != nil:
		return fmt.Errorf("nothing is taken away before what was given has been seen to stand: %w", a.unseen)
	}
	return a.plan.heldBack()
}

// noteHeldBack tells the reviewer.
func (p *EnvironmentPlan) noteHeldBack() {
	if n, why := p.HeldBack(); n > 0 {
		p.Notes = append(p.Notes, Note{Code: NoteHeldBack, Text: why.Error()})
	}
}
