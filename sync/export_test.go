package sync

// Standings is who can log in once some of a plan's calls are made, by what the ways in of
// the plan are computed from.
func Standings(site *Site, read *Reading, o Options) func(made map[int]bool) Standing {
	b := build(site, read, o)
	return func(made map[int]bool) Standing {
		all := b.openings()
		for _, t := range b.turns(all) {
			if made[t.step.Number] {
				all[t.step.Key.Kind][t.step.Key.Name] = t.after
			}
		}
		return all.standing(0)
	}
}
