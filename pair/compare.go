package pair

import (
	"authsync/diff"
	"authsync/schema"
)

// Comparison is what differs between two environments.
type Comparison struct {
	A, B *schema.Environment
	By   Source
	// Sandbox is the identity of the sandbox that plays the services; "" = they are
	// spoken to themselves, or not at all.
	Sandbox string
	// Objects are those that differ, or have secrets, by kind and name.
	Objects []Object
	// Unread says of kinds why they are not compared.
	Unread map[string]error
}

// Source says what of the two is compared; it is part of the JSON format.
type Source string

const (
	ByGit  Source = "git"
	ByLive Source = "live"
)

// Object is what differs of one object.
type Object struct {
	Key schema.Key
	In  In
	// Scope is that of an object which one of the two lacks.
	Scope schema.Scope
	// Fields are those that differ and those that are secrets, by path, of an object
	// that both have.
	Fields []Field
}

// In says which of the two has an object.
type In int

const (
	Both In = iota
	OnlyA
	OnlyB
)

// Field is one field of an object that both have; a side that lacks it is nil.
type Field struct {
	Path    schema.Path
	A, B    schema.Value
	Scope   schema.Scope
	Verdict Verdict
	// Reason says why two values cannot be compared.
	Reason diff.Reason
}

// Verdict is what comparing two values gives; it is part of the JSON format. Only of
// secrets the same is told.
type Verdict string

const (
	Different     Verdict = "different"
	Same          Verdict = "same"
	NotComparable Verdict = "notComparable"
)

// StillUnset is why a value cannot be compared that nobody has written yet.
const StillUnset diff.Reason = "it is to be set"

// Differs reports whether the object differs in what environments have in common.
func (o Object) Differs() bool {
	if o.In != Both {
		return o.Scope == schema.Everywhere
	}
	for _, f := range o.Fields {
		if f.Differs() {
			return true
		}
	}
	return false
}

// Differs reports whether the field differs, and is one that environments have in
// common.
func (f Field) Differs() bool { return f.Verdict == Different && f.Scope == schema.Everywhere }

// Secret reports whether either side is a secret, or holds one. Then neither is shown:
// one side may not know that the other's is one.
func (f Field) Secret() bool { return schema.HoldsSecret(f.A) || schema.HoldsSecret(f.B) }

// Shown are the two values as a reader may see them.
func (f Field) Shown() (a, b schema.Value) {
	if !f.Secret() {
		return f.A, f.B
	}
	return concealed(f.A), concealed(f.B)
}

// concealed is what may be a secret, as one.
func concealed(v schema.Value) schema.Value {
	if v == nil || schema.IsSecret(v) || schema.Same(v, schema.ToSet("")) {
		return v
	}
	return schema.Text("(holds a secret)")
}

// Differs counts the objects that differ in what environments have in common.
func (c *Comparison) Differs() int {
	n := 0
	for _, o := range c.Objects {
		if o.Differs() {
			n++
		}
	}
	return n
}

// Compare compares two environments, object by object. Secrets are opened where that
// can be done.
func Compare(a, b Side, opener diff.Opener) *Comparison {
	c := &comparing{owners: owners{a.Env, b.Env}, opener: opener}
	out := &Comparison{A: a.Env, B: b.Env, By: ByGit, Unread: map[string]error{}}
	for _, side := range []Side{a, b} {
		for kind, why := range side.Unread {
			out.Unread[kind] = why
		}
	}
	for _, key := range keys(a, b) {
		if out.Unread[key.Kind] != nil {
			continue
		}
		was, inA := a.Objects[key]
		is, inB := b.Objects[key]
		o := Object{Key: key}
		switch {
		case !inB:
			o.In, o.Scope = OnlyA, c.whole(key, was)
		case !inA:
			o.In, o.Scope = OnlyB, c.whole(key, is)
		default:
			c.key, c.fields = key, nil
			c.objects(nil, was, is)
			if o.Fields = c.fields; len(o.Fields) == 0 {
				continue
			}
		}
		out.Objects = append(out.Objects, o)
	}
	return out
}

type comparing struct {
	owners
	opener diff.Opener
	key    schema.Key
	fields []Field
}

func (c *comparing) objects(at schema.Path, a, b schema.Object) {
	for _, name := range names(a, b) {
		c.values(at.Then(name), a[name], b[name])
	}
}

func (c *comparing) values(at schema.Path, a, b schema.Value) {
	was, aIs := a.(schema.Object)
	is, bIs := b.(schema.Object)
	if len(was)+len(is) > 0 && (aIs || a == nil) && (bIs || b == nil) {
		c.objects(at, was, is)
		return
	}
	verdict, reason := c.verdict(a, b)
	if verdict == Same && !schema.HoldsSecret(a) && !schema.HoldsSecret(b) {
		return
	}
	c.fields = append(c.fields, Field{Path: at, A: a, B: b, Scope: c.scope(c.key, at, a, b), Verdict: verdict, Reason: reason})
}
