package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/sync"
)

// Depth is how often the calls are made at most. That there are more readings is told.
type Depth int

const (
	// Deep is enough for any usual plan.
	Deep Depth = 256
)

// Quick is for an apply, which nobody has asked for a rehearsal: the more calls it has,
// the fewer runs, and none where even one would take as long as the calls.
func Quick(plan *sync.EnvironmentPlan) Depth {
	const calls = 64 // in all runs
	return Depth(min(16, calls/max(1, len(plan.Steps))))
}

// Plan rehearses the plan of a site.
func Plan(ctx context.Context, site *sync.Site, plan *sync.EnvironmentPlan, depth Depth) *sync.Rehearsal {
	if why := without(plan); why != "" {
		return &sync.Rehearsal{Without: why}
	}
	if len(plan.Steps) == 0 {
		return &sync.Rehearsal{Readings: 1, AsWanted: 1}
	}
	o, fixed := newOriginal(site, plan), seen(plan)
	for _, s := range schema.Systems {
		fixed.Add(site.Known(s.Name))
	}
	fixed, err := o.calibrate(ctx, fixed)
	if err != nil {
		return &sync.Rehearsal{Without: err.Error()}
	}
	parts := matter(plan, fixed)
	runs, rest := cover(parts, int(depth))
	t := &tally{parts: parts, runs: runs, under: map[string][]quirk.Set{}}
	for _, run := range runs {
		set := maps.Clone(fixed)
		set.Add(run)
		found, err := o.run(ctx, set)
		if err != nil {
			return &sync.Rehearsal{Without: err.Error()}
		}
		t.add(run, found)
	}
	return t.rehearsal(rest)
}

// without says why a plan cannot be rehearsed: what was read does not suffice.
func without(plan *sync.EnvironmentPlan) string {
	switch {
	case len(plan.Errors) > 0:
		return "not all could be read"
	case len(plan.Refusals) > 0:
		return "the plan is refused"
	}
	for _, s := range plan.Steps {
		if why := plan.Unreadable[s.Key.Kind]; why != nil {
			return fmt.Sprintf("%s cannot be read: %v", schema.KindNamed(s.Key.Kind).Collection, why)
		}
	}
	return ""
}

func touched(plan *sync.EnvironmentPlan) []*schema.Kind {
	writes := func(k *schema.Kind) bool {
		return slices.ContainsFunc(plan.Steps, func(s sync.Step) bool { return s.Key.Kind == k.Name })
	}
	return list.Only(schema.Kinds, writes)
}

// run makes the plan's calls on a copy, and returns in what that does not end as
// wanted.
func (o *original) run(ctx context.Context, set quirk.Set) ([]finding, error) {
	c, err := o.copied(set)
	if err != nil {
		return nil, err
	}
	before := c.stored()
	read := sync.Read(ctx, c.site, o.options)
	if err := errors.Join(read.Errors...); err != nil {
		return nil, fmt.Errorf("the copy could not be read: %w", err)
	}
	report := sync.Apply(ctx, c.site, o.plan.On(read), func(sync.Event) {})
	j := judge{original: o, report: report}
	j.calls()
	j.readBack()
	j.kept(before, c.stored())
	if len(j.found) == 0 {
		c.site.Keys = o.site.Keys // what the plan could not open stays compared by the lock
		j.again(sync.Build(c.site, sync.Read(ctx, c.site, o.next), o.next))
	}
	return j.found, nil
}
