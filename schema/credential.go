package schema

import (
	"slices"

	"authsync/secrets"
)

// Credential is a group of fields of an object that is an exception from the rule
// that a top-level field is sent whole. A service keeps a credential when it is
// sent none of the group, so an update sends it only where one of the group
// differs, and then what the manifest has of it and nothing of live:
//
//	Name   Parts   the service
//	set    given   makes a credential of that name; that there is one is an error
//	set    none    uses the one of that name
//	none   given   overwrites its own
//	none   none    keeps the one that it uses
type Credential struct {
	// Parts are the fields of the secret: given all together or not at all. With is
	// the field that an object has which has a credential: while it is set, a part
	// that reads empty is taken as hidden, as with [Sealed].
	Parts []string
	With  string
	// Name is the field that says which credential is meant; none = the service's
	// own.
	Name string
	// By is the field that says how the service gets its access. With a value of
	// Without it needs no credential, and takes none.
	By      string
	Without []Value
}

// PlacedCredential is a credential, and the path of the object around it.
type PlacedCredential struct {
	Credential
	Path Path
}

func (k *Kind) Credentials(fields Object) []PlacedCredential { return k.Type.credentials(fields, nil) }

func (s Struct) credentials(o Object, at Path) []PlacedCredential {
	var all []PlacedCredential
	if s.Credential != nil {
		all = append(all, PlacedCredential{*s.Credential, at})
	}
	for _, f := range s.Fields {
		under, isStruct := f.Type.(Struct)
		if inner, isObject := o[f.Name].(Object); isStruct && isObject {
			all = append(all, under.credentials(inner, at.Then(f.Name))...)
		}
	}
	return all
}

func (c Credential) Group() []string { return append(slices.Clip(c.Parts), c.Name) }

// Needless reports whether a value of By needs no credential.
func (c Credential) Needless(by Value) bool {
	return slices.ContainsFunc(c.Without, func(v Value) bool { return Same(v, by) })
}

// markHidden takes the parts that an account reads without as hidden: it has them,
// unless it needs none.
func (c *Credential) markHidden(o Object) {
	if c == nil || IsUnset(o[c.With]) || c.Needless(o[c.By]) {
		return
	}
	for _, part := range c.Parts {
		if o[part] == nil {
			o[part] = Secret{secrets.Hidden("")}
		}
	}
}

// OfCredential reports whether a path below an object is that of a part of a
// credential, or of its name.
func (k *Kind) OfCredential(at Path) bool {
	if len(at) == 0 {
		return false
	}
	around, ok := k.typeAt(at[:len(at)-1]).(Struct)
	return ok && around.Credential != nil && slices.Contains(around.Credential.Group(), at[len(at)-1])
}

// Merge lays the manifest's fields over the live ones as an update sends them: less
// what live has of a credential, and less an object of live that lacks what the
// service asks of it and that the manifest does not name.
func (k *Kind) Merge(live, desired Object) Object {
	merged := Overlay(live, desired)
	return Without(k.Type.complete(merged, desired), k.strange(merged, desired))
}

// strange are the paths of what live has of credentials.
func (k *Kind) strange(merged, desired Object) []Path {
	var paths []Path
	for _, c := range k.Credentials(merged) {
		for _, name := range c.Group() {
			if at := c.Path.Then(name); desired.At(at...) == nil {
				paths = append(paths, at)
			}
		}
	}
	return paths
}

func (k *Kind) WithoutCredentials(fields Object) Object {
	return Without(fields, k.strange(fields, Object{}))
}

// complete is an object less the objects in it that desired does not name and
// that lack what they need.
func (s Struct) complete(o, desired Object) Object {
	out := make(Object, len(o))
	for name, v := range o {
		inner, isObject := v.(Object)
		f := s.Field(name)
		if f == nil || !isObject {
			out[name] = v
			continue
		}
		under, _ := f.Type.(Struct)
		wants, named := desired[name].(Object)
		if !named && len(under.lacking(inner)) > 0 {
			continue
		}
		out[name] = under.complete(inner, wants)
	}
	return out
}

// lacking are the fields that the service asks of an object, wherever they come
// from, and that it does not have.
func (s Struct) lacking(o Object) []string {
	var names []string
	for _, f := range s.Fields {
		if f.Need == Supplied && IsUnset(o[f.Name]) {
			names = append(names, f.Name)
		}
	}
	return names
}

func isLacking(name string, at Path) Problem {
	return Problem{At: at, Text: name + " is missing", Severity: Lacking}
}
