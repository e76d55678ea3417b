package schema

import (
	"slices"
	"strings"

	"authsync/schema/list"
	"authsync/schema/pattern"
)

// Scope says how far a value of a field goes.
type Scope int

const (
	// Everywhere is a value that means the same in every environment.
	Everywhere Scope = iota
	// PerEnvironment is a value that an environment has for itself: an address, a
	// client id, a secret. [Kind.Scope] says it of fields that no line marks too.
	PerEnvironment
)

// Scope says how far the value at a path below an object goes. What is inside a value
// of one environment is of that environment too. Secrets are, and so is by its name or
// by what it is what nobody models.
func (k *Kind) Scope(at Path, v Value) Scope {
	return scopeAt(k.stated(), at, v)
}

// stated is all that a manifest says of an object: what speaks to authsync too.
func (k *Kind) stated() Struct {
	all := k.Type
	all.Fields = append(k.MetaFields(), k.Type.Fields...)
	return all
}

// GroupScope says so of a setting of a group.
func (k *Kind) GroupScope(at Path, v Value) Scope { return scopeAt(k.Group, at, v) }

// NameScope says how far the name of an object goes.
func (k *Kind) NameScope(name string, o Object) Scope {
	if k.Key.Own != nil && k.Key.Own(o) || slices.Contains(k.Key.Aliases, name) {
		return Everywhere
	}
	return k.Key.Scope
}

func scopeAt(t Type, at Path, v Value) Scope {
	for _, name := range at {
		if packed, ok := t.(InText); ok {
			t = packed.Of
		}
		s, ok := t.(Struct)
		if !ok {
			if namesOwn(name) {
				return PerEnvironment
			}
			continue
		}
		f := s.weakField(name)
		if ScopeOf(f) == PerEnvironment || unmodelledType(f.Type) && namesOwn(name) {
			return PerEnvironment
		}
		t = f.Type
	}
	if _, branch := v.(Object); branch {
		return Everywhere // what is in it is asked for by itself
	}
	if HoldsSecret(v) || unmodelledType(t) && Holds(v, isOwnText) {
		return PerEnvironment
	}
	return Everywhere
}

// ScopeOf is the scope of a field, by its mark or by its type.
func ScopeOf(f Field) Scope {
	switch t := f.Type.(type) {
	case Sealed:
		return PerEnvironment
	case String:
		if t.Check != nil && t.Check.Scope == PerEnvironment {
			return PerEnvironment
		}
	}
	return f.Scope
}

// unmodelledType reports whether nobody knows what a value of a type means.
func unmodelledType(t Type) bool {
	switch t := t.(type) {
	case nil, Open, Column, Any, Pairs:
		return true
	case InText:
		return unmodelledType(t.Of)
	}
	return false
}

// isOwnText reports whether a value is an address, of a place or of a mailbox.
func isOwnText(v Value) bool {
	text, ok := v.(Text)
	return ok && (isAddress(string(text)) || isMailAddress.Fault(string(text)) == "")
}

// namesOwn reports whether a name is that of something that each environment has for
// itself.
func namesOwn(name string) bool { return ownNames.of(name) }

var ownNames = answers{ask: func(name string) bool { return ownName.MatchString(name) }}

// ownName are names of addresses and of ids that a service has given, however their
// words are put together: redirectUri, app_id, AccessKeyID.
var ownName = pattern.Of(func() string {
	const joint = `[-_. ]?`
	ends := list.Each([]string{"url", "uri", "endpoint", "host", "hostname", "domain", "origin", "issuer", "bucket", "certificate", "cert"}, ownWord)
	for _, of := range []string{
		"client", "app", "key", "env", "tenant", "corp", "agent", "mch", "merchant", "account", "seller", "shop", "org", "role",
		"secret", "pool", "instance", "project", "team", "partner",
	} {
		ends = append(ends, ownWord(of)+joint+"(?i:id)")
	}
	ends = append(ends, ownWord("public")+joint+"(?i:key)", ownWord("serial")+joint+"(?i:no|number)")
	return "(?:" + strings.Join(ends, "|") + ")s?$"
}())
