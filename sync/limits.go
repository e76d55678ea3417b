package sync

import (
	"slices"

	"authsync/schema"
)

// Limits are the objects that a user limited a plan to, and those that it leaves out.
// Whoever reviews the plan must see that it is not about the rest.
type Limits struct {
	// Targets are those to plan; none = all.
	Targets []schema.Key
	// Excluded are left out, and Unmatched those of them that neither git nor live nor
	// the lock knows in this environment.
	Excluded  []schema.Key
	Unmatched []schema.Key
}

func limits(site *Site, read *Reading, o Options) Limits {
	l := Limits{Targets: o.Targets, Excluded: o.Excluded}
	for _, key := range o.Excluded {
		if !knows(site, read, key) {
			l.Unmatched = append(l.Unmatched, key)
		}
	}
	return l
}

// Unmatched returns the excluded objects that no environment knows.
func Unmatched(all []Limits) []schema.Key {
	if len(all) == 0 {
		return nil
	}
	known := func(key schema.Key) bool {
		return slices.ContainsFunc(all, func(l Limits) bool { return !slices.Contains(l.Unmatched, key) })
	}
	return slices.DeleteFunc(slices.Clone(all[0].Unmatched), known)
}
