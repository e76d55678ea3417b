package render

import (
	"fmt"
	"slices"

	"authsync/schema"
	"authsync/spell"
	"authsync/sync"
)

// stater knows where a manifest states something.
type stater interface {
	Position(schema.Key, schema.Path) schema.Position
}

// noticed collects findings about the objects of an environment.
type noticed struct {
	env   string
	where stater
	list  []*schema.Fault
}

func (n *noticed) add(rule string, severity schema.Severity, key schema.Key, fields []schema.Path, text string) {
	var at, place schema.Path
	if len(fields) == 1 {
		at = fields[0]
	}
	if key.Kind != "" {
		place = slices.Concat(schema.KindNamed(key.Kind).Path(key.Name), at)
	}
	n.list = append(n.list, &schema.Fault{Pos: n.where.Position(key, at), Path: place, Rule: rule, Env: n.env,
		Text: "in " + n.env + ": " + text, Severity: severity})
}

// PlanFindings are what a reviewer of a plan must see, at the manifests' lines: what
// keeps it from being applied is an error, the rest a warning.
func PlanFindings(plan *sync.Plan) Findings {
	f := Findings{Command: "plan", Sandbox: plan.Sandbox()}
	for _, env := range plan.Environments {
		n := noticed{env: env.Name, where: env}
		for _, g := range env.Gates {
			if g.Allowed {
				n.add("gate-"+string(g.Name), schema.Doubtful, g.Key, g.Fields, g.Text+" (allowed)")
			} else {
				n.add("gate-"+string(g.Name), schema.Wrong, g.Key, g.Fields, g.Text+" (allow it with --allow "+g.Allow+")")
			}
		}
		for _, r := range env.Refusals {
			n.add("refused", schema.Wrong, r.Key, r.Fields, r.Text)
		}
		n.accepted(env.Accepted)
		n.overwritten(env)
		n.removed(env.Removed)
		f.List = append(f.List, n.list...)
		f.Failed = append(f.Failed, causeErrors(env.Name, env.Causes())...)
	}
	return f
}

// DriftFindings are what moved in the services, at the manifests' lines.
func DriftFindings(all []*sync.Drifted) Findings {
	f := Findings{Command: "drift", Sandbox: sync.SandboxOf(all)}
	for _, d := range all {
		n := noticed{env: d.Name, where: d}
		for _, m := range d.Moves {
			n.moved(m)
		}
		n.removed(d.Removed)
		f.List = append(append(f.List, d.Findings...), n.list...)
		f.Failed = append(f.Failed, causeErrors(d.Name, d.Causes())...)
	}
	return f
}

func causeErrors(env string, causes []sync.Cause) (errs []error) {
	for _, c := range causes {
		errs = append(errs, fmt.Errorf("%s: %s", env, c))
	}
	return errs
}

func (n *noticed) accepted(all []sync.Accepted) {
	for _, a := range all {
		if len(a.Fields) == 0 {
			n.add("accepted-drift", schema.Doubtful, a.Key, nil, ofAppeared)
		}
		for _, f := range a.Fields {
			both := sidesOf(f.Before, f.After)
			n.add("accepted-drift", schema.Doubtful, a.Key, []schema.Path{f.Path}, "was "+both.before+", is "+both.after+" in the service, and git states it now")
		}
	}
}

// overwritten are the values of live that the plan takes back.
func (n *noticed) overwritten(env *sync.EnvironmentPlan) {
	for _, c := range env.Changes {
		for _, f := range c.Fields {
			if outside(f) {
				both := sidesOf(f.Before, f.After)
				n.add("drift", schema.Doubtful, c.Key, []schema.Path{f.Path}, "somebody changed it in the service to "+both.before+"; the plan makes it "+both.after)
			}
		}
	}
}

func (n *noticed) removed(all []sync.Removed) {
	for _, r := range all {
		if r.Ack != "" {
			continue
		}
		n.add("removed-from-git", schema.Doubtful, r.Key, []schema.Path{r.Path}, "removed from git, and live keeps it")
	}
}

func (n *noticed) moved(m sync.Move) {
	if len(m.Fields) == 0 || m.What != sync.Changed {
		n.add("drift", schema.Doubtful, m.Key, nil, spell.Text(string(m.What))+" in the service since the last apply")
		return
	}
	for _, f := range m.Fields {
		both := sidesOf(f.Before, f.After)
		n.add("drift", schema.Doubtful, m.Key, []schema.Path{f.Path}, "was "+both.before+", is "+both.after+" in the service")
	}
}
