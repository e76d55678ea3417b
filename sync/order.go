package sync

import (
	"sort"

	"authsync/schema"
)

// order is the order of steps inside one environment.
//
//	give   integrations -> clients -> providers -> login on -> new API keys
//	       connectors                                 |
//	       applications                               |
//	       records                                    |
//	take   integrations <- clients <- providers <- login off
//	       ...
//	       old API keys
//
// What others rest on is given first and taken last. Nothing is taken away
// before everything that is given has succeeded and been seen to stand, so
// that no moment is without a way in.
var order = []slot{
	{schema.TurnIntegrations, Give},
	{schema.TurnConnectors, Give},
	{schema.TurnApplications, Give},
	{schema.TurnRecords, Give},
	{schema.TurnClients, Give},
	{schema.TurnProviders, Give},
	{schema.TurnLogin, Give},
	{schema.TurnKeys, Give},

	{schema.TurnLogin, Take},
	{schema.TurnProviders, Take},
	{schema.TurnClients, Take},
	{schema.TurnRecords, Take},
	{schema.TurnApplications, Take},
	{schema.TurnConnectors, Take},
	{schema.TurnIntegrations, Take},
	{schema.TurnKeys, Take},
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

// arrange sorts and numbers the steps, and says for which earlier ones of its
// own object each waits. That every taking step waits for every giving one goes
// without saying.
func arrange(steps []Step) {
	sort.SliceStable(steps, func(i, j int) bool {
		if a, b := level(steps[i]), level(steps[j]); a != b {
			return a < b
		}
		return steps[i].Key.Name < steps[j].Key.Name
	})
	last := map[schema.Key]int{}
	for i := range steps {
		steps[i].Number = i + 1
		if earlier, ok := last[steps[i].Key]; ok {
			steps[i].After = append(steps[earlier-1].After[:len(steps[earlier-1].After):len(steps[earlier-1].After)], earlier)
		}
		last[steps[i].Key] = i + 1
	}
}
