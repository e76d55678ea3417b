package sync

import (
	"cmp"
	"slices"

	"authsync/schema"
)

// The order of steps in one environment follows from [schema.Update.After]. Kinds of
// one level are written side by side; a level begins when the one before has ended:
//
//	give   authDomain, integration, connector, record, application
//	    -> client
//	    -> provider
//	    -> login
//	    -> apiKey, customLoginKey
//	take   login
//	    -> provider
//	    -> client
//	    -> authDomain, integration, connector, record, application
//	    -> apiKey, customLoginKey
//
// An object that others refer to is given first and taken last. No Take step runs
// before all Give steps have succeeded and were read back, so that there is always a
// way to log in.

// slot is a place in the order.
type slot struct {
	kind  string
	phase Phase
}

// slots returns the order by level.
func slots(kinds []*schema.Kind) ([][]slot, error) {
	given, err := schema.Levels(kinds)
	if err != nil {
		return nil, err
	}
	var give, take [][]slot
	var last []slot
	for _, level := range given {
		var gives, takes []slot
		for _, k := range level {
			gives = append(gives, slot{k.Name, Give})
			if k.Update.Going == schema.GoesLast {
				last = append(last, slot{k.Name, Take})
			} else {
				takes = append(takes, slot{k.Name, Take})
			}
		}
		give = append(give, gives)
		if len(takes) > 0 {
			take = append(take, takes)
		}
	}
	slices.Reverse(take)
	if len(last) > 0 {
		take = append(take, last)
	}
	return append(give, take...), nil
}

// place is the level of a slot and its position in the level.
type place struct{ level, within int }

// places returns the place of each slot. Kinds without one are a mistake in their
// tables, which a test finds.
func places(kinds []*schema.Kind) map[slot]place {
	levels, err := slots(kinds)
	if err != nil {
		panic("sync: " + err.Error())
	}
	at := map[slot]place{}
	for i, level := range levels {
		for j, s := range level {
			at[s] = place{i, j}
		}
	}
	return at
}

// arrange sorts and numbers the steps and their levels, and records for which earlier
// steps of its own object each waits. Take steps wait for all Give steps anyway.
func arrange(steps []Step) {
	at := places(schema.Kinds)
	of := func(s Step) place { return at[slot{s.Key.Kind, s.Phase}] }
	slices.SortStableFunc(steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(of(a).level, of(b).level), cmp.Compare(of(a).within, of(b).within), cmp.Compare(a.Key.Name, b.Key.Name))
	})
	last := map[schema.Key]int{}
	level := 0
	for i := range steps {
		if i == 0 || of(steps[i]).level != of(steps[i-1]).level {
			level++
		}
		steps[i].Number, steps[i].Level = i+1, level
		if earlier, ok := last[steps[i].Key]; ok {
			steps[i].After = append(steps[earlier-1].After[:len(steps[earlier-1].After):len(steps[earlier-1].After)], earlier)
		}
		last[steps[i].Key] = i + 1
	}
}
