package cli

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/lang"
	"authsync/spell"
	"authsync/sync"
)

// The command that goes on is the same with other gates, whatever a shell makes
// of its words.
func TestWithFlag(t *testing.T) {
	tests := []struct {
		name  string
		words []string
		allow []string
		want  string
	}{
		{"nothing to allow", []string{"apply", "prod.yaml", "--yes"}, nil, "apply prod.yaml --yes"},
		{"fewer deletions", []string{"apply", "--allow", "delete=6", "prod.yaml", "--prune"}, []string{"delete=2"}, "apply prod.yaml --prune --allow delete=2"},
		{"several in one flag", []string{"apply", "-allow=delete=6,weaken"}, []string{"weaken", "delete=2"}, "apply --allow weaken --allow delete=2"},
		{"the same of two environments", []string{"apply", "envs"}, []string{"delete=1", "weaken", "delete=1"}, "apply envs --allow delete=1 --allow weaken"},
		{"paths after --", []string{"apply", "--yes", "--", "--allow", "x"}, []string{"weaken"}, "apply --yes --allow weaken -- --allow x"},
		{"words that a shell would change", []string{"apply", "my envs/it's.yaml", "--target", "record/*"}, nil, `apply 'my envs/it'\''s.yaml' --target 'record/*'`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, spell.Words(withFlag(tt.words, "allow", tt.allow)...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What somebody else has changed refuses the apply, as long as nothing was
// written: that is no error of anybody.
func TestExitCodeOfAnApply(t *testing.T) {
	key := schema.Key{Kind: "login"}
	step := func(o sync.Outcome, err error) sync.StepResult {
		return sync.StepResult{Step: sync.Step{Number: 1, Key: key}, Outcome: o, Err: err}
	}
	moved, failure := &sync.MovedError{Key: key, What: "it is gone"}, errors.New("refused by the service")
	tests := []struct {
		name  string
		steps []sync.StepResult
		code  Code
		says  string
	}{
		{"all done", []sync.StepResult{step(sync.Done, nil)}, CodeDone, ""},
		{"moved", []sync.StepResult{step(sync.Refused, moved), step(sync.Skipped, failure)}, CodeRefused, "nothing was written"},
		{"moved, after a write", []sync.StepResult{step(sync.Done, nil), step(sync.Refused, moved)}, CodePartly, "go on from what is live with: NEXT"},
		{"failed", []sync.StepResult{step(sync.Failed, failure)}, CodeError, "nothing was written"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := &sync.Plan{Environments: []*sync.EnvironmentPlan{{Name: "prod"}}}
			err := applied(plan, []*sync.Report{{Name: "prod", Steps: tt.steps}}, "NEXT")
			var text strings.Builder
			if code := report(&text, err, lang.English); code != int(tt.code) || !strings.Contains(text.String(), tt.says) {
				t.Errorf("exit code %d, want %d: %s", code, tt.code, &text)
			}
			if strings.Contains(tt.name, "moved") && !strings.Contains(text.String(), "login was changed by somebody else since the plan was made: it is gone") {
				t.Errorf("does not say what moved: %s", &text)
			}
		})
	}
}

// What stays as it was is told with two ways on: to apply again, and, where that has
// been done, to take over what the service keeps. Else the advice would lead in a circle.
func TestAValueThatDoesNotTakeHasAWayOn(t *testing.T) {
	key := schema.Key{Kind: "login"}
	plan := &sync.Plan{Environments: []*sync.EnvironmentPlan{{Name: "prod", File: "envs/prod.yaml"}}}
	back := sync.ReadBack{Key: key, Status: sync.NotVisibleYet, Fields: []diff.Field{
		{Path: schema.Path{"smsVerificationConfig", "smsDayLimit"}, Before: schema.Number("30"), After: schema.Number("35")}}}
	step := sync.StepResult{Step: sync.Step{Key: key, Number: 1}, Outcome: sync.Done}
	err := applied(plan, []*sync.Report{{Name: "prod", Steps: []sync.StepResult{step}, ReadBack: []sync.ReadBack{back}}}, "authsync apply --yes")
	for _, want := range []string{"prod: login: read back: not visible yet", "go on from what is live with: authsync apply --yes",
		"take that over with: authsync export envs/prod.yaml --target login.smsVerificationConfig.smsDayLimit"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
