package sync

import (
	"errors"
	"strings"
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync/state"
)

// What became of a call that a run left open, by what is live now.
func TestVerdicts(t *testing.T) {
	key := schema.Key{Kind: schema.Provider.Name, Name: "a"}
	live := map[string]LiveObject{"a": {}}
	changes := func(action diff.Action, fields ...string) []diff.Change {
		c := diff.Change{Key: key, Action: action}
		for _, f := range fields {
			c.Fields = append(c.Fields, diff.Field{Path: schema.Path{f, "deep"}})
		}
		return []diff.Change{c}
	}
	for _, row := range []struct {
		name string
		op   Op
		plan EnvironmentPlan
		live map[string]LiveObject // nil = it was not read
		want Verdict
	}{
		{"it is to be created, and was", OpCreate, EnvironmentPlan{same: []schema.Key{key}}, live, WasDone},
		{"it is to be created still", OpCreate, EnvironmentPlan{Changes: changes(diff.Create)}, map[string]LiveObject{}, WasNotDone},
		{"it was created, and nobody compares it", OpCreate, EnvironmentPlan{}, live, WasDone},
		{"it was not created, and nobody wants it", OpCreate, EnvironmentPlan{}, map[string]LiveObject{}, WasNotDone},
		{"it was deleted, and is wanted again", OpDelete, EnvironmentPlan{Changes: changes(diff.Create)}, map[string]LiveObject{}, WasDone},
		{"it was deleted", OpDelete, EnvironmentPlan{}, map[string]LiveObject{}, WasDone},
		{"it was not deleted", OpDelete, EnvironmentPlan{}, live, WasNotDone},
		{"it is to be deleted still", OpDelete, EnvironmentPlan{Changes: changes(diff.Delete)}, live, WasNotDone},
		{"it is to be replaced still", OpUpdate, EnvironmentPlan{Changes: changes(diff.Replace)}, live, WasNotDone},
		{"the field that was sent differs", OpUpdate, EnvironmentPlan{Changes: changes(diff.Update, "sent")}, live, WasNotDone},
		{"another field differs", OpUpdate, EnvironmentPlan{Changes: changes(diff.Update, "other")}, live, WasDone},
		{"nothing differs", OpUpdate, EnvironmentPlan{same: []schema.Key{key}}, live, WasDone},
		{"what was sent does not show", OpUpdate, EnvironmentPlan{same: []schema.Key{key}, Uncompared: []Uncompared{{Key: key, Path: schema.Path{"sent", "secret"}}}}, live, NotKnown},
		{"something else does not show", OpUpdate, EnvironmentPlan{same: []schema.Key{key}, Uncompared: []Uncompared{{Key: key, Path: schema.Path{"other"}}}}, live, WasDone},
		{"it was updated, and nobody compares it", OpUpdate, EnvironmentPlan{}, live, NotKnown},
		{"it was updated, and is gone", OpUpdate, EnvironmentPlan{}, map[string]LiveObject{}, WasNotDone},
		{"it was not read", OpUpdate, EnvironmentPlan{same: []schema.Key{key}}, nil, NotKnown},
	} {
		t.Run(row.name, func(t *testing.T) {
			plan := row.plan
			plan.whole = map[string]struct{}{key.Kind: {}}
			plan.read = &Reading{Live: map[string]map[string]LiveObject{}}
			if row.live != nil {
				plan.read.Live[key.Kind] = row.live
			}
			call := state.PendingCall{Object: key.String(), Op: string(row.op), Fields: []string{"sent"}}
			if got := plan.verdict(call, plan.Back); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
			plan.read.Unreadable = map[string]error{key.Kind: errors.New("no call reads it")}
			if got := plan.verdict(call, plan.Back); got != NotKnown {
				t.Errorf("%s of what cannot be read", got)
			}
		})
	}
	// An undo wanted something else than an apply wants, and the other way round.
	for _, row := range []struct {
		op    Op
		plan  EnvironmentPlan
		stand map[string]LiveObject
		want  Verdict
	}{
		{OpUpdate, EnvironmentPlan{same: []schema.Key{key}}, live, NotKnown},
		{OpUpdate, EnvironmentPlan{Changes: changes(diff.Update, "sent")}, live, NotKnown},
		{OpCreate, EnvironmentPlan{Changes: changes(diff.Delete)}, live, WasDone},
		{OpDelete, EnvironmentPlan{Changes: changes(diff.Create)}, map[string]LiveObject{}, WasDone},
	} {
		row.plan.whole = map[string]struct{}{key.Kind: {}}
		row.plan.read = &Reading{Live: map[string]map[string]LiveObject{key.Kind: row.stand}}
		call := state.PendingCall{Object: key.String(), Op: string(row.op), Fields: []string{"sent"}}
		if got := row.plan.verdict(call, "prod-00000001.snapshot.yaml"); got != row.want {
			t.Errorf("%s of an undo: %s, want %s", row.op, got, row.want)
		}
	}
	part := EnvironmentPlan{read: &Reading{Live: map[string]map[string]LiveObject{key.Kind: live}}}
	for object, op := range map[string]Op{key.String(): OpDelete, "of no kind": OpCreate} {
		if got := part.verdict(state.PendingCall{Object: object, Op: string(op)}, part.Back); got != NotKnown {
			t.Errorf("%s of %s, where only a part was compared", got, object)
		}
	}
}

// What is told of two that were made at once says which stays, and who acts.
func TestWhatIsToldOfDuplicates(t *testing.T) {
	for want, d := range map[string]*Duplicate{
		"made here, comes later and could not be taken back: denied": {Which: TakenBack, Err: errors.New("denied")},
		"made here, came later and was taken back":                   {Which: TakenBack},
		"made here, came first and stays":                            {Which: LeftToOthers},
		"which came first is not known":                              {Which: Undecided},
	} {
		d.Key, d.Made, d.Others = schema.Key{Kind: schema.Connector.Name, Name: "dm"}, "7", []string{"5", "6"}
		if text := d.Error(); !strings.Contains(text, want) || !strings.Contains(text, "connector/dm: another run made one at the same time, 5 and 6;") || !strings.Contains(text, "7") {
			t.Errorf("%s", text)
		}
	}
}

// An apply that may not begin is told with every step, and why.
func TestUntouched(t *testing.T) {
	why := &OvertakenError{Env: "prod"}
	report := Untouched(&EnvironmentPlan{Name: "prod", Steps: make([]Step, 2)}, why)
	if report.Name != "prod" || len(report.Steps) != 2 || report.Steps[1].Outcome != Skipped || len(report.Errors) != 1 || !errors.Is(report.Errors[0], why) {
		t.Errorf("%+v", report)
	}
	if !strings.Contains(why.Error(), "prod has run since it was planned") {
		t.Errorf("%v", why)
	}
}
