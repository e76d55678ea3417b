package schema

import (
	"maps"
	"slices"
)

// Whole lays objects out as a manifest does: by collection and name, with the settings
// of groups and of systems. Kinds that are not among them are left out.
func (e *Environment) Whole(objects map[string]map[string]Object) Object {
	systems := Object{}
	for name, settings := range e.Systems {
		systems[name] = settings
	}
	whole := Object{"systems": systems}
	if len(e.Labels) > 0 {
		whole[labels] = e.Labels
	}
	if len(e.Recipients) > 0 {
		whole["recipients"] = Set(texts(e.Recipients))
	}
	for _, k := range Kinds {
		if of, there := objects[k.Name]; there {
			whole[k.Collection] = k.laidOut(of, e.Collections[k.Name])
		}
	}
	return whole
}

// laidOut is what stands under a kind's collection.
func (k *Kind) laidOut(of map[string]Object, c *Collection) Value {
	if k.Notation == NamesOnly {
		return Set(texts(slices.Sorted(maps.Keys(of))))
	}
	if k.Arity == One {
		return of[""]
	}
	out := Object{}
	if c != nil {
		for name, settings := range c.Groups {
			out[name] = settings.Clone()
		}
	}
	for name, o := range of {
		out.SetAt(k.Path(name)[1:], o)
	}
	return out
}

// Stated returns the manifest's objects, with what speaks to authsync, by kind and name.
func (e *Environment) Stated() map[string]map[string]Object {
	all := map[string]map[string]Object{}
	for name, c := range e.Collections {
		all[name] = map[string]Object{}
		for _, d := range c.Objects {
			all[name][d.Key.Name] = Overlay(d.Fields, d.Meta)
		}
	}
	return all
}

// KindOf returns the kind whose objects a path leads to, or nil.
func KindOf(path Path) *Kind { return kindOfCollection(path[0]) }
