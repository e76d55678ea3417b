package pair

import (
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/sync"
)

// Wish is what of an environment is promoted.
type Wish struct {
	// Asked limits it to what was asked for by name; none = everything. Excluded is
	// left out of that.
	Asked, Excluded []sync.Asked
	Lacking         Lacking
}

// Lacking says what becomes of what the environment lacks that is promoted.
type Lacking int

const (
	// Stays: it is told, unless it was asked for by its own name.
	Stays Lacking = iota
	// Goes: it is taken out of the target's manifest.
	Goes
)

// Promotion is what goes into the target's manifest, and what does not.
type Promotion struct {
	sync.Takeover
	// Foreign are values that go over, and that name what only the source has, or
	// a place where no other environment is.
	Foreign []Foreign
}

// Why something of the target's manifest stays as it is.
const (
	// Belongs: each environment has its own, and the target has none.
	Belongs sync.Reason = "belongs to the environment"
	// NameBelongs: its name is an id, and the target has none of it.
	NameBelongs sync.Reason = "its name belongs to the environment"
	// IsSecret: it was asked for by its whole name, and a secret is its environment's.
	IsSecret sync.Reason = "a secret"
	// SourceLacks: the target has it, and the source does not.
	SourceLacks sync.Reason = "not in the source"
	// IsKept: the same, and the target's manifest says to keep it.
	IsKept sync.Reason = "kept"
	// NoSystem: the target does not say where the system is.
	NoSystem sync.Reason = "no system"
	// NoObject: a field was asked for of an object that the target lacks.
	NoObject sync.Reason = "no object"
	// OtherKey: the rows of a group go by another column.
	OtherKey sync.Reason = "another key"
)

// Promote lays out what makes the manifest of an environment say what another one
// says. Bases are what the target's Bases say: where a value is that of a Base, the
// target's own line goes.
func Promote(from, to, bases *schema.Environment, w Wish) *Promotion {
	p := &promoter{
		owners: owners{from, to}, from: InGit(from), to: InGit(to), bases: InGit(bases), wish: w,
		foreign: strangersTo(from, to), out: new(Promotion),
	}
	for _, key := range keys(p.from, p.to) {
		if w.concerns(key) {
			p.object(key)
		}
	}
	return p.out
}

type promoter struct {
	owners
	from, to, bases Side
	wish            Wish
	foreign         strangers
	out             *Promotion

	taken sync.Taken // of the object at hand
}

func (p *promoter) leave(at schema.Path, why sync.Reason) {
	p.out.Left = append(p.out.Left, sync.Left{Key: p.taken.Key, Path: at, Why: why})
}

func (p *promoter) object(key schema.Key) {
	p.taken = sync.Taken{Key: key, Action: diff.Update, Weaker: map[string]string{}}
	was, inTo := p.to.Objects[key]
	is, inFrom := p.from.Objects[key]
	switch {
	case !inFrom:
		p.surplus()
	case !inTo:
		p.create(is)
	default:
		p.update(was, is)
	}
	if len(p.taken.Edits) > 0 {
		p.out.Taken = append(p.out.Taken, p.taken)
	}
}

// surplus is an object that the source lacks.
func (p *promoter) surplus() {
	key := p.taken.Key
	switch why, stays := p.stays(key); {
	case why != "":
		p.leave(nil, why)
	case !stays:
		p.taken.Action = diff.Delete
		if d := p.declared(key); d != nil {
			p.taken.Sealed = sync.SealedIn(d)
		}
		p.taken.Edits = []rewrite.Edit{p.wholeEdit(nil)}
	}
}

// stays reports whether the target keeps an object that the source lacks, and why;
// "" = it is the target's own.
func (p *promoter) stays(key schema.Key) (why sync.Reason, stays bool) {
	d := p.declared(key)
	switch {
	case p.whole(key, p.to.Objects[key]) == schema.PerEnvironment && !p.wish.names(key), isGroup(key) && !p.wish.wants(key, nil):
		return "", true
	case p.bases.Objects[key] != nil:
		return sync.InBase, true
	case d != nil && d.Keep == schema.Kept:
		return IsKept, true
	case p.wish.Lacking == Stays && !p.wish.names(key):
		return SourceLacks, true
	case isGroup(key) && p.rowStays(key):
		return SourceLacks, true
	}
	return "", false
}

// rowStays reports whether the target keeps any row of a group.
func (p *promoter) rowStays(group schema.Key) bool {
	for row := range p.to.Objects {
		if row == group || !covers(sync.Asked{Key: group}, row) {
			continue
		}
		if _, stays := p.stays(row); stays || !p.wish.concerns(row) {
			return true
		}
	}
	return false
}

// declared is an object of the target as its manifest has it, nil of a group.
func (p *promoter) declared(key schema.Key) *schema.Declared {
	if c := p.owners[1].Collections[key.Kind]; c != nil {
		return c.Object(key.Name)
	}
	return nil
}

// create is an object that the target lacks.
func (p *promoter) create(is schema.Object) {
	key := p.taken.Key
	k := schema.KindNamed(key.Kind)
	switch {
	case p.owners[0].Owns(place(key)) || p.owners[1].Owns(place(key)):
		p.leave(nil, Belongs)
	case !p.owners[1].Has(k.System):
		p.leave(nil, NoSystem)
	case p.whole(key, is) == schema.PerEnvironment && !p.wish.names(key):
		p.leave(nil, NameBelongs)
	case !p.wish.wantsWhole(key):
		p.leave(nil, NoObject)
	case isGroup(key):
		p.bring(nil, is)
	case p.otherKey(key):
		p.leave(nil, OtherKey)
	default:
		p.newObject(is)
	}
}

func (p *promoter) newObject(is schema.Object) {
	key := p.taken.Key
	k := schema.KindNamed(key.Kind)
	d := &schema.Declared{Key: key, Fields: schema.Object{}, Meta: schema.Object{}}
	meta := schema.Struct{Fields: k.MetaFields()}
	for _, name := range is.Names() {
		at, v := schema.Path{name}, is[name]
		switch of := p.brought(at, v); {
		case meta.Field(name) == nil:
			d.Fields[name] = of
		case p.scope(key, at, v, nil) == schema.Everywhere: // an id is that of the source's own
			d.Meta[name] = of
		}
	}
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		p.weigh(at, nil, v)
		p.taken.Fields = append(p.taken.Fields, diff.Field{Path: at, After: v})
	})
	p.look(nil, schema.Text(key.Name))
	p.taken.Action = diff.Create
	p.taken.Edits = []rewrite.Edit{p.wholeEdit(schema.SpellObject(d))}
}

// wholeEdit puts all of the object at hand into the manifest; nil takes it out.
func (p *promoter) wholeEdit(object *yaml.Node) rewrite.Edit {
	if key := p.taken.Key; !isGroup(key) {
		return sync.ObjectEdit(schema.KindNamed(key.Kind), key.Name, object)
	}
	return rewrite.Edit{Path: place(p.taken.Key), Node: object}
}

// brought is a value of an object that is new in the target: what belongs to the
// environment is to be set.
func (p *promoter) brought(at schema.Path, v schema.Value) schema.Value {
	_, null := v.(schema.Null)
	if p.scope(p.taken.Key, at, v, nil) == schema.PerEnvironment && !null {
		return p.toSet(at, v)
	}
	if o, is := v.(schema.Object); is {
		out := schema.Object{}
		for _, name := range o.Names() {
			out[name] = p.brought(at.Then(name), o[name])
		}
		return out
	}
	p.look(at, v)
	return v
}

func (p *promoter) toSet(at schema.Path, v schema.Value) schema.Value {
	k := schema.KindNamed(p.taken.Key.Kind)
	if isGroup(p.taken.Key) {
		return k.GroupToSet(at, v)
	}
	return k.ToSet(at, v)
}

// update is an object that both have.
func (p *promoter) update(was, is schema.Object) {
	if p.otherKey(p.taken.Key) {
		p.leave(nil, OtherKey)
		return
	}
	p.objects(nil, was, is)
}

// otherKey reports whether an object is in a group whose rows go by other names in the
// two environments.
func (p *promoter) otherKey(key schema.Key) bool {
	k := schema.KindNamed(key.Kind)
	if k.Arity != schema.Groups || isGroup(key) {
		return false
	}
	in := func(e *schema.Environment) schema.Value {
		c := e.Collections[key.Kind]
		if c == nil {
			return nil
		}
		return c.Group(key.Name)[k.RowKey]
	}
	a, b := in(p.owners[0]), in(p.owners[1])
	return a != nil && b != nil && !schema.Same(a, b)
}

func (p *promoter) objects(at schema.Path, was, is schema.Object) {
	for _, name := range names(was, is) {
		p.field(at.Then(name), was[name], is[name])
	}
}

// field is a value that the two do not both have, or have otherwise, or any other.
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

// own is a value that each environment has for itself.
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

// mayCarry reports whether a value that belongs to the environment goes over all the
// same: it was asked for by its whole name, and is no secret.
func (p *promoter) mayCarry(at schema.Path, is schema.Value) bool {
	_, toSet := is.(schema.ToSet)
	return is != nil && !toSet && !schema.HoldsSecret(is) && p.wish.namesJust(p.taken.Key, at)
}

// lacks is a value that the source does not have.
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

// allGoes reports whether everything in an object goes that the source lacks: then
// nothing of it stays behind.
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

// bring is a value that the target does not have.
func (p *promoter) bring(at schema.Path, is schema.Value) {
	if o, branch := is.(schema.Object); branch && len(at) == 0 {
		for _, name := range o.Names() {
			p.bring(schema.Path{name}, o[name])
		}
		return
	}
	p.edit(at, nil, p.brought(at, is))
}

// set is a value that the two have otherwise.
func (p *promoter) set(at schema.Path, was, is schema.Value) {
	is = schema.InOrderOf(is, was)
	if !schema.Same(p.base(at), is) {
		p.look(at, is)
	}
	p.edit(at, was, is)
}

// edit puts a value into the target's manifest. One that a Base says needs no line.
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

// base is what the target's Bases say.
func (p *promoter) base(at schema.Path) schema.Value { return p.bases.Objects[p.taken.Key].At(at...) }

// weigh notes whether a value makes the target less safe.
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
