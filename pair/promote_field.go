package pair

import (
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/sync"
)

// field handles one field of an object that both environments have.
func (p *promoter) field(at schema.Path, was, is schema.Value) {
	key := p.taken.Key
	under, wasObject := was.(schema.Object)
	over, isObject := is.(schema.Object)
	switch {
	case p.scope(key, at, is, was) == schema.PerEnvironment:
		p.own(at, was, is)
	case is == nil && wasObject && p.allGoes(at, under):
		p.edit(at, was, nil)
	case wasObject && (isObject || is == nil) && len(under)+len(over) > 0:
		p.objects(at, under, over)
	case schema.Same(was, is) || !p.wish.wants(key, at):
	case isGroup(key) && at[0] == schema.KindNamed(key.Kind).RowKey:
		p.leave(at, OtherKey)
	case is == nil:
		p.lacks(at, was)
	case was == nil:
		p.bring(at, is)
	default:
		p.set(at, was, is)
	}
}

// own handles a value that is scoped to the environment.
func (p *promoter) own(at schema.Path, was, is schema.Value) {
	switch {
	case p.mayCarry(at, is) && !schema.Same(was, is):
		p.set(at, was, is)
	case schema.HoldsSecret(is) && p.wish.namesJust(p.taken.Key, at):
		p.leave(at, IsSecret)
	case was == nil && p.wish.wants(p.taken.Key, at):
		p.leave(at, Belongs)
	}
}

// mayCarry reports whether a value that is scoped to the environment is promoted all
// the same: its full path was named, and it is not a secret.
func (p *promoter) mayCarry(at schema.Path, is schema.Value) bool {
	_, toSet := is.(schema.ToSet)
	return is != nil && !toSet && !schema.HoldsSecret(is) && p.wish.namesJust(p.taken.Key, at)
}

// lacks handles a value that only the target has.
func (p *promoter) lacks(at schema.Path, was schema.Value) {
	switch {
	case p.base(at) != nil:
		p.leave(at, sync.InBase)
	case !p.goes(at):
		p.leave(at, SourceLacks)
	default:
		p.edit(at, was, nil)
	}
}

func (p *promoter) goes(at schema.Path) bool {
	return p.wish.Lacking == Goes || p.wish.namesField(p.taken.Key, at)
}

// allGoes reports whether every value in an object that only the target has is
// removed, so that the object can be removed as a whole.
func (p *promoter) allGoes(at schema.Path, under schema.Object) bool {
	all := p.base(at) == nil
	schema.Visit(under, at, func(inside schema.Path, v schema.Value) bool {
		if _, branch := v.(schema.Object); branch {
			all = all && p.scope(p.taken.Key, inside, nil, v) == schema.Everywhere
			return all
		}
		all = all && p.goes(inside) && p.wish.wants(p.taken.Key, inside) && p.scope(p.taken.Key, inside, nil, v) == schema.Everywhere
		return false
	})
	return all
}

// bring handles a value that only the source has.
func (p *promoter) bring(at schema.Path, is schema.Value) {
	if o, branch := is.(schema.Object); branch && len(at) == 0 {
		for _, name := range o.Names() {
			p.bring(schema.Path{name}, o[name])
		}
		return
	}
	p.edit(at, nil, p.brought(at, is))
}

// set handles a value that differs.
func (p *promoter) set(at schema.Path, was, is schema.Value) {
	is = schema.InOrderOf(is, was)
	if !schema.Same(p.base(at), is) {
		p.look(at, is)
	}
	p.edit(at, was, is)
}

// edit writes a value to the target's manifest. A value that a Base has needs no line.
func (p *promoter) edit(at schema.Path, was, is schema.Value) {
	p.weigh(at, was, is)
	p.taken.Fields = append(p.taken.Fields, diff.Field{Path: at, Before: was, After: is})
	e := rewrite.Edit{Path: append(slices.Clone(place(p.taken.Key)), at...)}
	if is != nil && !schema.Same(p.base(at), is) {
		e.Node = p.spelled(at, is)
	}
	p.taken.Edits = append(p.taken.Edits, e)
}

func (p *promoter) spelled(at schema.Path, v schema.Value) *yaml.Node {
	k := schema.KindNamed(p.taken.Key.Kind)
	if isGroup(p.taken.Key) {
		return k.SpellSetting(at, v)
	}
	return k.SpellField(at, v)
}

// base returns the value in the target's Bases.
func (p *promoter) base(at schema.Path) schema.Value { return p.bases.Objects[p.taken.Key].At(at...) }

// weigh records whether a value makes the target less secure.
func (p *promoter) weigh(at schema.Path, was, is schema.Value) {
	if isGroup(p.taken.Key) || is == nil {
		return
	}
	if _, toSet := is.(schema.ToSet); toSet {
		return
	}
	if why, weaker := schema.KindNamed(p.taken.Key.Kind).Weakened(at, was, is); weaker {
		p.taken.Weaker[at.String()] = why
	}
}
