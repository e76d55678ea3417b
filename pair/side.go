package pair

import (
	"maps"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

// Side is one of two environments, with the data that is compared.
type Side struct {
	Env *schema.Environment
	// Objects have their fields and their settings for authsync. A group of objects
	// counts as an object, with the group's settings.
	Objects map[schema.Key]schema.Object
	// Unread has the kinds that could not be read, each with the reason.
	Unread map[string]error
}

// InGit returns an environment's manifest as a Side.
func InGit(env *schema.Environment) Side {
	s := Side{Env: env, Objects: map[schema.Key]schema.Object{}}
	for _, c := range env.Collections {
		for name, settings := range c.Groups {
			s.Objects[schema.Key{Kind: c.Kind.Name, Name: name}] = settings
		}
		for _, d := range c.Objects {
			s.Objects[d.Key] = schema.Overlay(d.Fields, d.Meta)
		}
	}
	return s
}

// InLive returns an environment's live state as a Side.
func InLive(site *sync.Site, read *sync.Reading) Side {
	s := Side{Env: site.Env, Objects: map[schema.Key]schema.Object{}, Unread: read.Unreadable}
	for kind, objects := range read.Live {
		k := schema.KindNamed(kind)
		if read.Unreadable[kind] != nil {
			continue
		}
		for name, object := range objects {
			if object.Presence != sync.Phantom {
				s.Objects[schema.Key{Kind: kind, Name: name}] = k.Settable(object.Fields)
			}
		}
	}
	return s
}

// keys returns the objects of both sides, sorted by kind and name.
func keys(a, b Side) []schema.Key {
	var all []schema.Key
	for _, k := range schema.Kinds {
		var names []string
		for _, s := range []Side{a, b} {
			for key := range s.Objects {
				if key.Kind == k.Name {
					names = append(names, key.Name)
				}
			}
		}
		for _, name := range list.Distinct(names) {
			all = append(all, schema.Key{Kind: k.Name, Name: name})
		}
	}
	return all
}

// place returns the path of an object or a group in a manifest.
func place(key schema.Key) schema.Path {
	k := schema.KindNamed(key.Kind)
	if isGroup(key) {
		return schema.Path{k.Collection, key.Name}
	}
	return k.Path(key.Name)
}

func isGroup(key schema.Key) bool {
	return schema.KindNamed(key.Kind).Arity == schema.Groups && !strings.Contains(key.Name, "/")
}

// owners are two environments. The manifest of each may declare paths that are scoped
// to the environment.
type owners [2]*schema.Environment

// scope returns the scope of a value at a path below an object. Either value may be
// nil.
func (o owners) scope(key schema.Key, at schema.Path, a, b schema.Value) schema.Scope {
	k, where := schema.KindNamed(key.Kind), append(slices.Clone(place(key)), at...)
	scope := k.Scope
	switch {
	case o[0].Owns(where) || o[1].Owns(where):
		return schema.PerEnvironment
	case isGroup(key):
		scope = k.GroupScope
	}
	return max(scope(at, a), scope(at, b))
}

// whole returns the scope of an object that only one of the two has.
func (o owners) whole(key schema.Key, object schema.Object) schema.Scope {
	if o[0].Owns(place(key)) || o[1].Owns(place(key)) {
		return schema.PerEnvironment
	}
	return schema.KindNamed(key.Kind).NameScope(key.Name, object)
}

// names returns the field names of both objects.
func names(a, b schema.Object) []string {
	all := maps.Clone(a)
	if all == nil {
		all = schema.Object{}
	}
	maps.Copy(all, b)
	return all.Names()
}
