package render

import (
	"fmt"
	"slices"

	"authsync/schema"
	"authsync/schema/list"
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
			severity, how := schema.Wrong, " (allow it with --allow "+g.Allow+")"
			if g.Allowed {
				severity, how = schema.Doubtful, " (allowed)"
			}
			n.add("gate-"+string(g.Name), severity, g.Key, g.Fields, g.Text+how)
		}
		for _, r := range env.Refusals {
			n.add("refused", schema.Wrong, r.Key, r.Fields, r.Text)
		}
		n.accepted(env.Accepted)
		for _, f := range outsideFields(env.Changes) {
			n.add("drift", schema.Doubtful, f.key, f.path, "somebody changed it in the service to "+f.before+"; the plan makes it "+f.after)
		}
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

func causeErrors(env string, causes []sync.Cause) []error {
	return list.Each(causes, func(c sync.Cause) error { return fmt.Errorf("%s: %s", env, c) })
}

func (n *noticed) accepted(all []sync.Accepted) {
	for _, f := range acceptedFields(all) {
		text := ofAppeared
		if f.path != nil {
			text = "was " + f.before + ", is " + f.after + " in the service, and git states it now"
		}
		n.add("accepted-drift", schema.Doubtful, f.key, f.path, text)
	}
}

func (n *noticed) removed(all []sync.Removed) {
	for _, r := range all {
		if r.Ack == "" {
			n.add("removed-from-git", schema.Doubtful, r.Key, []schema.Path{r.Path}, "removed from git, and live keeps it")
		}
	}
}

func (n *noticed) moved(m sync.Move) {
	if len(m.Fields) == 0 || m.What != sync.Changed {
		n.add("drift", schema.Doubtful, m.Key, nil, spell.Text(string(m.What))+" in the service since the last apply")
		return
	}
	for _, f := range fieldsOf(m.Key, m.Fields) {
		n.add("drift", schema.Doubtful, f.key, f.path, "was "+f.before+", is "+f.after+" in the service")
	}
}
