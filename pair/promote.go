package pair

import (
	"strings"

	"gopkg.in/yaml.v3"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/rewrite"
	"authsync/sync"
)

// Wish says what is promoted.
type Wish struct {
	// Asked limits the promotion to what it names; none = everything. Excluded is left
	// out.
	Asked, Excluded []sync.Asked
	Lacking         Lacking
}

// Lacking says what happens to objects and fields that only the target has.
type Lacking int

const (
	// Stays: they are kept and listed. One that Asked names is removed.
	Stays Lacking = iota
	// Goes: they are removed from the target's manifest.
	Goes
)

// Promotion lists the edits of the target's manifest, and what is left out.
type Promotion struct {
	sync.Takeover
	// Foreign are promoted values that contain a host or an id that only the source
	// has, or a private address.
	Foreign []Foreign
}

// The reasons why a part of the target's manifest is not changed.
const (
	// Belongs: each environment has its own value, and the target has none.
	Belongs sync.Reason = "belongs to the environment"
	// NameBelongs: the object's name is an id of the source environment, and the
	// target has no such object.
	NameBelongs sync.Reason = "its name belongs to the environment"
	// IsSecret: it was asked for by its whole name, and a secret is its environment's.
	IsSecret sync.Reason = "a secret"
	// SourceLacks: only the target has it.
	SourceLacks sync.Reason = "not in the source"
	// IsKept: only the target has it, and the target's manifest says to keep it.
	IsKept sync.Reason = "kept"
	// NoSystem: the target's manifest does not configure the system.
	NoSystem sync.Reason = "no system"
	// NoObject: a field was named of an object that the target does not have.
	NoObject sync.Reason = "no object"
	// OtherKey: the rows of the group have another key column in the target.
	OtherKey sync.Reason = "another key"
)

// Promote returns the edits that make the manifest of one environment equal to that of
// another. Bases are the contents of the target's Bases: if a value is equal to that
// of a Base, the line in the target's own manifest is removed.
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

// surplus handles an object that only the target has.
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

// stays reports whether the target keeps an object that the source does not have, and
// why; "" = the object is scoped to the target.
func (p *promoter) stays(key schema.Key) (why sync.Reason, stays bool) {
	d := p.declared(key)
	switch {
	case p.whole(key, p.to.Objects[key]) == schema.PerEnvironment && !p.wish.names(key), isGroup(key) && !p.wish.wants(key, nil):
		return "", true
	case p.bases.Objects[key] != nil:
		return sync.InBase, true
	case d != nil && d.Keep == schema.Kept:
		return IsKept, true
	case p.wish.Lacking == Stays && !p.wish.names(key) && !p.goesWithGroup(key):
		return SourceLacks, true
	case isGroup(key):
		return p.rowStays(key)
	}
	return "", false
}

// goesWithGroup reports whether an object is a row of a group that is named itself, and
// that the source does not have at all.
func (p *promoter) goesWithGroup(key schema.Key) bool {
	group, _, isRow := strings.Cut(key.Name, "/")
	of := schema.Key{Kind: key.Kind, Name: group}
	return isRow && isGroup(of) && p.from.Objects[of] == nil && p.wish.names(of)
}

// rowStays reports whether the target keeps at least one row of a group, and why.
func (p *promoter) rowStays(group schema.Key) (why sync.Reason, stays bool) {
	for row := range p.to.Objects {
		if row == group || !sync.Covers(group, row) {
			continue
		}
		switch of, stays := p.stays(row); {
		case of == IsKept:
			return IsKept, true
		case stays || !p.wish.concerns(row):
			why = SourceLacks
		}
	}
	return why, why != ""
}

// declared returns an object of the target's manifest; nil for a group.
func (p *promoter) declared(key schema.Key) *schema.Declared {
	return p.owners[1].Object(key)
}

// create handles an object that only the source has.
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

// wholeEdit adds the current object to the manifest as a whole; nil removes it.
func (p *promoter) wholeEdit(object *yaml.Node) rewrite.Edit {
	if key := p.taken.Key; !isGroup(key) {
		return sync.ObjectEdit(schema.KindNamed(key.Kind), key.Name, object)
	}
	return rewrite.Edit{Path: place(p.taken.Key), Node: object}
}

// brought returns a value of a new object for the target. Values that are scoped to
// the environment become placeholders that have yet to be set.
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

// update handles an object that both environments have.
func (p *promoter) update(was, is schema.Object) {
	if p.otherKey(p.taken.Key) {
		p.leave(nil, OtherKey)
		return
	}
	p.objects(nil, was, is)
}

// otherKey reports whether an object is in a group that has different key columns in
// the two environments.
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
