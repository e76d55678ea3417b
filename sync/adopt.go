package sync

import (
	"time"

	"authsync/diff"
	"authsync/schema"
)

// Adopt notes in the lock what a plan found as wanted, though nothing was
// written: an exported manifest, or a change that was made on both sides. From
// then on it is known who moves.
func Adopt(site *Site, plan *EnvironmentPlan) error {
	return adopt(site, plan, nil)
}

// adopt notes besides what stands beside the managed objects: what was not
// named, and what should have been deleted and was not.
func adopt(site *Site, plan *EnvironmentPlan, undeleted []schema.Key) error {
	unseen := plan.unseen()
	var found []standing
	for _, key := range plan.same {
		fields := schema.Object{}
		for name, v := range site.Env.Collections[key.Kind].Object(key.Name).Fields {
			if _, hidden := unseen[field{key, name}]; !hidden {
				fields[name] = v
			}
		}
		found = append(found, standing{key, plan.live[key].ID, fields})
	}
	beside := append(undeleted, plan.Unmanaged...)
	return site.Lock.Adopt(found, plan.whole, beside, time.Now())
}

// field is a top-level field of an object.
type field struct {
	key  schema.Key
	name string
}

// unseen are the top-level fields that hold something that was not compared.
func (p *EnvironmentPlan) unseen() map[field]struct{} {
	unseen := map[field]struct{}{}
	for _, n := range p.Notes {
		if n.Code != NoteSecret {
			continue
		}
		for _, at := range n.Fields {
			unseen[field{n.Key, at[0]}] = struct{}{}
		}
	}
	return unseen
}

// undeleted are the objects that a plan deletes and a run did not.
func (a *applier) undeleted() []schema.Key {
	var keys []schema.Key
	for _, c := range a.plan.Changes {
		if c.Action != diff.Delete {
			continue
		}
		for _, number := range a.steps[c.Key] {
			if a.results[number-1].unsuccessful() {
				keys = append(keys, c.Key)
				break
			}
		}
	}
	return keys
}
