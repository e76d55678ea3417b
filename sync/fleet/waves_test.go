package fleet

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"authsync/schema"
	"authsync/sync"
)

func TestWallTimeIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (wallTime{}).Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := (wallTime{}).Wait(t.Context(), 0); err != nil || (wallTime{}).Now().IsZero() {
		t.Error(err)
	}
}

// However the environments of a wave end, the next wave begins only if none was refused
// or partly applied and no more have failed than may; and only a refusal leaves the
// others of the wave alone.
func TestTally(t *testing.T) {
	step := sync.Step{Number: 1, Key: schema.Key{Kind: "login"}}
	endings := map[string]*sync.Report{
		"fine":    {Steps: []sync.StepResult{{Step: step, Outcome: sync.Done}}},
		"altered": {Steps: []sync.StepResult{{Step: step, Outcome: sync.Done}}, ReadBack: []sync.ReadBack{{Key: step.Key, Status: sync.ServerChanged}}},
		"partly":  {Steps: []sync.StepResult{{Step: step, Outcome: sync.Done}, {Step: step, Outcome: sync.Failed, Err: errors.New("no")}}},
		"failed":  {Steps: []sync.StepResult{{Step: step, Outcome: sync.Failed, Err: errors.New("no")}}},
		"unread":  {Errors: []error{errors.New("no answer")}},
		"refused": {Errors: []error{&RefusedError{errors.New("moved")}}},
	}
	drawn := []string{"fine", "fine", "fine", "altered", "partly", "failed", "unread", "refused"}
	for seed := range uint64(1000) {
		dice := rand.New(rand.NewPCG(3, seed))
		names := make([]string, 1+dice.IntN(20))
		for i := range names {
			names[i] = drawn[dice.IntN(len(drawn))]
		}
		tolerance := schema.Tolerance{Number: dice.IntN(1 + dice.IntN(101)), Percent: dice.IntN(2) == 0}
		tally := &tally{wave: &schema.Wave{MaxFailures: tolerance}, environments: len(names)}
		count := map[string]int{}
		for _, name := range names {
			count[name]++
			failed, partly := count["failed"]+count["unread"], count["partly"]+count["altered"]
			allowed := tolerance.Number
			if tolerance.Percent {
				allowed = len(names) * tolerance.Number / 100
			}
			if stop := tally.ended(endings[name]); stop != (partly > 0 || failed > allowed) {
				t.Fatalf("%d: after %v of %v, of which %+v may fail: stops %t", seed, count, names, tolerance, stop)
			}
			if tally.asWanted() != (partly == 0 && failed <= allowed && count["refused"] == 0) {
				t.Fatalf("%d: after %v of %v, of which %+v may fail: as wanted %t", seed, count, names, tolerance, tally.asWanted())
			}
		}
	}
}
