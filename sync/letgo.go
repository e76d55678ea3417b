package sync

import (
	"authsync/schema"
	"authsync/schema/list"
)

// LetGo lets go what only building and applying a plan need: what is live, and the
// manifest. What is told of the plan stays. A run of many environments could not keep
// more of each.
func (p *EnvironmentPlan) LetGo() {
	told := list.Each(p.Gates, func(g Gate) statement { return statement{g.Key, only(g.Fields)} })
	for _, r := range p.Refusals {
		told = append(told, statement{r.Key, only(r.Fields)})
	}
	for _, a := range p.Accepted {
		told = append(told, statement{a.Key, nil})
		for _, f := range a.Fields {
			told = append(told, statement{a.Key, f.Path})
		}
	}
	for _, c := range p.Changes {
		for _, f := range c.Fields {
			told = append(told, statement{c.Key, f.Path})
		}
	}
	p.stating = p.stating.settled(append(told, removedPlaces(p.Removed)...))
	p.builtin = map[schema.Key]bool{}
	for _, key := range p.Unmanaged {
		if p.read != nil && p.read.Live[key.Kind][key.Name].Presence == Builtin {
			p.builtin[key] = true
		}
	}
	p.live, p.same, p.whole, p.recalled, p.opened, p.read = nil, nil, nil, nil, nil, nil
	for i := range p.Steps {
		p.Steps[i].sends = nil
	}
}

// Forget lets go what is told of a plan, too, and keeps what the end of a run needs: how
// much there is to do, and what is wrong.
func (p *EnvironmentPlan) Forget() {
	p.LetGo()
	p.stating = stating{}
	for i := range p.Changes {
		p.Changes[i].Fields = nil
	}
	p.Steps = make([]Step, len(p.Steps))
	p.Uncompared, p.Unreadable, p.Destinations, p.Seals, p.Notes, p.Gates = nil, nil, nil, Sealing{}, nil, nil
	p.Rehearsal, p.WaysIn = nil, nil
	p.Overlaps, p.Removed, p.Accepted, p.Unmanaged, p.ChangedFiles, p.builtin = nil, nil, nil, nil, nil, nil
}

// Forget lets go what is told of the drift, too, and keeps what the end of a run needs.
func (d *Drifted) Forget() {
	d.LetGo()
	d.stating = stating{}
	for i := range d.Moves {
		d.Moves[i].Fields = nil
	}
	d.Uncompared, d.Removed, d.Notes, d.Overlaps = nil, nil, nil, nil
}

// LetGo lets go the manifest. What is told of the drift stays.
func (d *Drifted) LetGo() {
	var told []statement
	for _, m := range d.Moves {
		told = append(told, statement{m.Key, nil})
		for _, f := range m.Fields {
			told = append(told, statement{m.Key, f.Path})
		}
	}
	d.stating = d.stating.settled(append(told, removedPlaces(d.Removed)...))
}

// LetGo lets go what was sent. The outcomes stay.
func (r *Report) LetGo() {
	for i := range r.Steps {
		r.Steps[i].Step.sends, r.Steps[i].Step.Call.Body = nil, nil
	}
}

func removedPlaces(all []Removed) []statement {
	return list.Each(all, func(r Removed) statement { return statement{r.Key, r.Path} })
}

// only is the field of what is about one alone.
func only(fields []schema.Path) schema.Path {
	if len(fields) == 1 {
		return fields[0]
	}
	return nil
}

// Adopts reports whether [Adopt] would record anything. It writes nothing, and leaves a
// site that is good for nothing else: its lock and vault say what they would.
func Adopts(site *Site, plan *EnvironmentPlan) bool {
	lockChanged, vaultChanged := site.Lock.Rehearse(), site.Vault.Rehearse()
	err := Adopt(site, plan)
	return lockChanged() || vaultChanged() || err != nil
}
