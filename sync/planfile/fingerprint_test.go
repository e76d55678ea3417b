package planfile

import (
	"testing"

	"authsync/diff"
	"authsync/schema"
	"authsync/sync"
)

// Two plans differ in the first of what they change, call, refuse and ask leave for; where
// they are the same, what they rest on has moved.
func TestDiffering(t *testing.T) {
	login := schema.Key{Kind: "login"}
	was := func(alter func(*sync.EnvironmentPlan)) *sync.EnvironmentPlan {
		p := &sync.EnvironmentPlan{
			Name: "prod",
			Changes: []diff.Change{{Key: login, Action: diff.Update, Fields: []diff.Field{
				{Path: schema.Path{"emailLogin"}, Before: schema.Bool(false), After: schema.Bool(true), Origin: diff.OriginGit}}}},
			Steps: []sync.Step{{Number: 1, Key: login, Op: sync.OpUpdate, Call: sync.Call{Action: "ModifyLoginConfig"}}},
			Gates: []sync.Gate{{Name: sync.GateWeaken, Allow: "weaken", Key: login}},
		}
		alter(p)
		return p
	}
	for _, row := range []struct {
		alter func(*sync.EnvironmentPlan)
		want  string
	}{
		{func(*sync.EnvironmentPlan) {}, "what it rests on has moved"},
		{func(p *sync.EnvironmentPlan) { p.Changes[0].Fields[0].Origin = diff.OriginLive }, "what it rests on has moved"},
		{func(p *sync.EnvironmentPlan) { p.Changes = nil }, "the plan made now does not change login"},
		{func(p *sync.EnvironmentPlan) {
			p.Changes = append(p.Changes, diff.Change{Key: schema.Key{Kind: "client", Name: "default"}, Action: diff.Create})
		}, "the plan made now also changes client/default"},
		{func(p *sync.EnvironmentPlan) { p.Changes[0].Fields[0].After = schema.Null{} }, "the plan made now changes login otherwise; the lock or the vault may have changed"},
		{func(p *sync.EnvironmentPlan) { p.Steps[0].Call.Action = "ModifyLoginStrategy" }, "the plan made now takes other calls; the lock or the vault may have changed"},
		{func(p *sync.EnvironmentPlan) { p.Refusals = []sync.Refusal{{Key: login, Text: "cannot be"}} }, "the plan made now is refused for other reasons: login cannot be"},
		{func(p *sync.EnvironmentPlan) { p.Gates = nil }, "the plan made now takes other gates"},
	} {
		if got := Differing(was(func(*sync.EnvironmentPlan) {}), was(row.alter)); got != row.want {
			t.Errorf("%q, want %q", got, row.want)
		}
	}
}
