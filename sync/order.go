package sync

import (
	"sort"

	"authsync/schema"
)

// order is the order of steps inside one environment.
//
//	give   integrations -> clients -> providers -> login on
//	                                                   |
//	take   integrations <- clients <- providers <- login off
//
// What others rest on is given first and taken last. Nothing is taken away
// before everything that is given has succeeded and been seen to stand, so
// that no moment is without a way in.
var order = []slot{
	{schema.TurnIntegrations, Give},
	{schema.TurnClients, Give},
	{schema.TurnProviders, Give},
	{schema.TurnLogin, Give},

	{schema.TurnLogin, Take},
	{schema.TurnProviders, Take},
	{schema.TurnClients, Take},
	{schema.TurnIntegrations, Take},
}

type slot struct {
	turn  schema.Turn
	phase Phase
}

// level is the place of a step in the order, from 0.
func level(s Step) int {
	turn := schema.KindNamed(s.Key.Kind).Update.Turn
	for i, slot := range order {
		if slot == (slotOf(turn, s.Phase)) {
			return i
		}
	}
	panic("sync: kind " + s.Key.Kind + " has no turn in the order of steps")
}

func slotOf(turn schema.Turn, phase Phase) slot { return slot{turn, phase} }

// arrange sorts and numbers the steps, and says which wait for which: an
// object's later steps for its earlier ones, every taking step for every
// giving one.
func arrange(steps []Step) {
	sort.SliceStable(steps, func(i, j int) bool {
		if a, b := level(steps[i]), level(steps[j]); a != b {
			return a < b
		}
		return steps[i].Key.Name < steps[j].Key.Name
	})
	for i := range steps {
		steps[i].Number = i + 1
		for _, earlier := range steps[:i] {
			same := earlier.Key == steps[i].Key
			if same || earlier.Phase == Give && steps[i].Phase == Take {
				steps[i].After = append(steps[i].After, earlier.Number)
			}
		}
	}
}
