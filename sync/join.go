package sync

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/go-multierror"

	"authsync/schema"
)

// Reported says where the results of a shard are from.
type Reported struct {
	From string // a file
	Part Part
}

// Join says whose results are joined. Results of different fleets, and two of one
// shard, cannot be. A run that was not sharded is the only shard of its fleet.
func Join(all []Reported) (*Joined, error) {
	j := &Joined{}
	from := map[int]string{}
	for i, r := range all {
		if r.Part.Joined != nil {
			return nil, fmt.Errorf("%s has joined results already", r.From)
		}
		s := r.Part.Shard
		if s.IsWhole() {
			s = schema.Shard{Index: 1, Of: 1}
		}
		if i > 0 && s.Of != j.Of {
			return nil, fmt.Errorf("%s is of shard %s, and %s is of one of %d shards", r.From, s, all[0].From, j.Of)
		}
		if other, twice := from[s.Index]; twice {
			return nil, fmt.Errorf("%s and %s are both of shard %s", other, r.From, s)
		}
		j.Of, from[s.Index] = s.Of, r.From
	}
	for i := range j.Of {
		if _, reported := from[i+1]; !reported {
			j.Missing = append(j.Missing, i+1)
		}
	}
	return j, nil
}

// member is an environment in the results of a shard.
type member struct {
	name, sandbox string
	shard         schema.Shard
	limits        Limits
}

// together checks that results are of one fleet, run in one way: each environment once
// and in its shard, with the same limits, by the same services.
func together(all []member) error {
	var seen = map[string]schema.Shard{}
	for _, m := range all {
		if !m.shard.Takes(m.name) {
			return fmt.Errorf("%s is reported by shard %s, and does not belong to it", m.name, m.shard)
		}
		if _, twice := seen[m.name]; twice {
			return fmt.Errorf("%s is reported twice", m.name)
		}
		seen[m.name] = m.shard
		first := all[0]
		if m.sandbox != first.sandbox {
			return fmt.Errorf("%s was not reported by the same services as %s: one of them is a sandbox", m.name, first.name)
		}
		if !slices.Equal(m.limits.Targets, first.limits.Targets) || !slices.Equal(m.limits.Excluded, first.limits.Excluded) {
			return fmt.Errorf("%s was limited to other objects than %s, by --target or --exclude", m.name, first.name)
		}
	}
	return nil
}

// JoinPlans makes one plan of those of shards.
func JoinPlans(plans []*Plan, j *Joined) (*Plan, error) {
	whole := &Plan{Part: Part{Joined: j}}
	var members []member
	for i, p := range plans {
		if p.Digest != "" {
			j.Digests = append(j.Digests, ShardDigest{p.Part.Shard.Index, p.Digest})
		}
		if i == 0 {
			whole.Since, whole.Rollout = p.Since, p.Rollout
		} else if err := cmp.Or(whole.Since.join(p.Since), joinWaves(whole.Rollout, p.Rollout)); err != nil {
			return nil, err
		}
		for _, env := range p.Environments {
			members = append(members, member{env.Name, env.Sandbox, p.Part.Shard, env.Limits})
			whole.Environments = append(whole.Environments, env)
		}
	}
	slices.SortFunc(j.Digests, func(a, b ShardDigest) int { return cmp.Compare(a.Index, b.Index) })
	slices.SortFunc(whole.Environments, func(a, b *EnvironmentPlan) int { return cmp.Compare(a.Name, b.Name) })
	return whole, together(members)
}

// join adds the environments that another shard leaves out.
func (s *Since) join(other *Since) error {
	if (s == nil) != (other == nil) || s != nil && (s.Revision != other.Revision || s.Commit != other.Commit) {
		return errors.New("the plans are not since the same git revision")
	}
	if s == nil {
		return nil
	}
	s.Unchanged = append(s.Unchanged, other.Unchanged...)
	slices.Sort(s.Unchanged)
	for _, d := range other.Deleted {
		if !slices.Contains(s.Deleted, d) {
			s.Deleted = append(s.Deleted, d)
		}
	}
	return nil
}

// joinWaves adds the environments of another shard to the waves of a rollout.
func joinWaves(r, other *schema.Rollout) error {
	if (r == nil) != (other == nil) || r != nil && r.SHA256 != other.SHA256 {
		return errors.New("the plans are not ordered by the same Rollout")
	}
	if r == nil {
		return nil
	}
	for i, w := range other.Waves {
		r.Waves[i].Environments = append(r.Waves[i].Environments, w.Environments...)
		slices.Sort(r.Waves[i].Environments)
	}
	return nil
}

// JoinDrift makes one result of those of shards.
func JoinDrift(all []FleetDrift, j *Joined) (FleetDrift, error) {
	whole := FleetDrift{Part: Part{Joined: j}}
	var members []member
	for _, d := range all {
		for _, env := range d.Environments {
			members = append(members, member{env.Name, env.Sandbox, d.Part.Shard, env.Limits})
			whole.Environments = append(whole.Environments, env)
		}
	}
	slices.SortFunc(whole.Environments, func(a, b *Drifted) int { return cmp.Compare(a.Name, b.Name) })
	return whole, together(members)
}

// JoinApplied makes one result of those of shards. Its exit code is the worst.
func JoinApplied(all []Applied, j *Joined) (Applied, error) {
	whole := Applied{Part: Part{Joined: j}, Plan: &Plan{Part: Part{Joined: j}}, Reports: []*Report{}}
	var members []member
	var failed *multierror.Error
	reports := map[string]*Report{}
	for _, a := range all {
		for i, env := range a.Plan.Environments {
			members = append(members, member{env.Name, env.Sandbox, a.Part.Shard, env.Limits})
			whole.Plan.Environments = append(whole.Plan.Environments, env)
			reports[env.Name] = a.Report(i)
		}
		if a.Err != nil {
			failed = multierror.Append(failed, a.Err)
		}
		if slices.Index(byHarm, a.ExitCode) > slices.Index(byHarm, whole.ExitCode) {
			whole.ExitCode = a.ExitCode
		}
	}
	whole.Err = failed.ErrorOrNil()
	slices.SortFunc(whole.Plan.Environments, func(a, b *EnvironmentPlan) int { return cmp.Compare(a.Name, b.Name) })
	for _, env := range whole.Plan.Environments {
		whole.Reports = append(whole.Reports, reports[env.Name])
	}
	return whole, together(members)
}

// byHarm are the exit codes of an apply, the worst last: done, refused, failed, partly
// applied.
var byHarm = []int{0, 3, 1, 4}
