package sync

import "authsync/schema"

// Idle returns a plan of the same environment and reading, with nothing to do.
func (p *EnvironmentPlan) Idle() *EnvironmentPlan {
	return &EnvironmentPlan{Name: p.Name, Sandbox: p.Sandbox, File: p.File, EnvID: p.EnvID, read: p.read, options: p.options}
}

func (p *EnvironmentPlan) Reading() *Reading { return p.read }

// Surround adds what a plan of the whole environment knows: the objects as wanted, the
// unmanaged ones and the notes. Failed reads are added only if they hold back a part
// of the plan.
func (p *EnvironmentPlan) Surround(whole *EnvironmentPlan) {
	if p.live == nil {
		p.live = map[schema.Key]LiveObject{}
	}
	p.same, p.whole, p.Unmanaged, p.Removed, p.Notes, p.recalled = nil, whole.whole, whole.Unmanaged, whole.Removed, whole.Notes, whole.recalled
	p.Uncompared, p.Unreadable, p.Limits, p.Accepted, p.opened = whole.Uncompared, whole.Unreadable, whole.Limits, whole.Accepted, whole.opened
	if n, _ := p.HeldBack(); n > 0 {
		p.Errors = whole.Errors
	}
	for _, key := range whole.same {
		if _, changes := p.live[key]; !changes {
			p.live[key] = whole.live[key]
			p.same = append(p.same, key)
		}
	}
}

// TakeGates replaces the plan's gates, and keeps which objects each deletes.
func (p *EnvironmentPlan) TakeGates(gates []Gate) {
	objects := map[GateName][]schema.Key{}
	for _, g := range p.Gates {
		objects[g.Name] = g.objects
	}
	p.Gates = nil
	for _, g := range gates {
		g.objects = objects[g.Name]
		p.Gates = append(p.Gates, g)
	}
}

// AsReported completes a plan that is read from a report. The place of everything is the
// beginning of the manifest; builtin are the unmanaged objects that the service has by
// itself.
func (p *EnvironmentPlan) AsReported(builtin []schema.Key) {
	p.stating, p.builtin = stating{file: p.File}, map[schema.Key]bool{}
	for _, key := range builtin {
		p.builtin[key] = true
	}
}
