package pair

import (
	"maps"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

// Comparison lists the differences between two environments.
type Comparison struct {
	A, B *schema.Environment
	By   Source
	// Sandbox is the identity of the sandbox that simulates the services; "" = none.
	Sandbox string
	// Objects are the objects that differ or have secrets, sorted by kind and name.
	Objects []Object
	// Unread has the kinds that are not compared, each with the reason.
	Unread map[string]error
}

// Source says whether manifests or live states are compared. It is part of the JSON
// format.
type Source string

const (
	ByGit  Source = "git"
	ByLive Source = "live"
)

// Object lists the differences of one object.
type Object struct {
	Key schema.Key
	In  In
	// Scope is the scope of an object that only one environment has.
	Scope schema.Scope
	// Fields are the fields that differ or are secrets, sorted by path, of an object
	// that both environments have.
	Fields []Field
}

// In says which of the two environments has an object.
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

// Verdict is the result of comparing two values. It is part of the JSON format. Equal
// values are listed only if they are secrets.
type Verdict string

const (
	Different     Verdict = "different"
	Same          Verdict = "same"
	NotComparable Verdict = "notComparable"
)

// StillUnset is the reason why a value that has yet to be set cannot be compared.
const StillUnset diff.Reason = "it is to be set"

// Differs reports whether the object differs in something that environments should
// have in common.
func (o Object) Differs() bool {
	if o.In != Both {
		return o.Scope == schema.Everywhere
	}
	return slices.ContainsFunc(o.Fields, Field.Differs)
}

// Differs reports whether the field differs, and should be equal in all environments.
func (f Field) Differs() bool { return f.Verdict == Different && f.Scope == schema.Everywhere }

// Secret reports whether either value is or contains a secret. Then neither is shown:
// only one of the environments may know that the value is secret.
func (f Field) Secret() bool { return schema.HoldsSecret(f.A) || schema.HoldsSecret(f.B) }

// Shown returns the two values as a reader may see them.
func (f Field) Shown() (a, b schema.Value) {
	if !f.Secret() {
		return f.A, f.B
	}
	return concealed(f.A), concealed(f.B)
}

// concealed turns a value that may be a secret into a secret.
func concealed(v schema.Value) schema.Value {
	if v == nil || schema.IsSecret(v) || schema.Same(v, schema.ToSet("")) {
		return v
	}
	return schema.Text("(holds a secret)")
}

// Differs counts the objects that differ in something that environments should have in
// common.
func (c *Comparison) Differs() int {
	return list.Count(c.Objects, Object.Differs)
}

// Compare compares two environments, object by object. It opens secrets where
// possible.
func Compare(a, b Side, opener diff.Opener) *Comparison {
	c := &comparing{owners: owners{a.Env, b.Env}, opener: opener}
	out := &Comparison{A: a.Env, B: b.Env, By: ByGit, Unread: map[string]error{}}
	for _, side := range []Side{a, b} {
		maps.Copy(out.Unread, side.Unread)
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
