package sync

import (
	"errors"
	"testing"
)

// lostAnswer is the error of a call of which nobody knows what it did.
type lostAnswer struct{ unknown bool }

func (*lostAnswer) Error() string         { return "no answer" }
func (l *lostAnswer) EffectUnknown() bool { return l.unknown }

// A run has written where a call did its work, or may have.
func TestWhatARunHasWritten(t *testing.T) {
	for _, row := range []struct {
		name  string
		step  StepResult
		wrote bool
	}{
		{"done", StepResult{Outcome: Done}, true},
		{"settled", StepResult{Outcome: Settled}, true},
		{"failed", StepResult{Outcome: Failed, Err: errors.New("refused")}, false},
		{"failed, and is known not to have worked", StepResult{Outcome: Failed, Err: &lostAnswer{}}, false},
		{"failed, and may have worked", StepResult{Outcome: Failed, Err: &lostAnswer{true}}, true},
		{"skipped", StepResult{Outcome: Skipped}, false},
		{"skipped, for what may have worked", StepResult{Outcome: Skipped, Err: &lostAnswer{true}}, false},
	} {
		r := &Report{Steps: []StepResult{row.step}}
		if r.Wrote() != row.wrote {
			t.Errorf("%s: %v", row.name, r.Wrote())
		}
	}
	if (&Report{}).Wrote() {
		t.Error("a run without steps has written")
	}
}
