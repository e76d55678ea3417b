package sync

import "authsync/schema"

// Held returns what an environment has, by kind and name, with what the manifest says
// to authsync of its objects. What the service has by itself is left out.
func (r *Reading) Held(env *schema.Environment) map[string]map[string]schema.Object {
	return r.held(env, func(_ *schema.Kind, _ schema.Key, live schema.Object) schema.Object { return live })
}

// selected is Held of the objects that options select.
func (r *Reading) selected(env *schema.Environment, o Options) map[string]map[string]schema.Object {
	return r.held(env, func(_ *schema.Kind, key schema.Key, live schema.Object) schema.Object {
		if !o.Selects(key) {
			return nil
		}
		return live
	})
}

// held is Held with each object as a function makes it; nil = there is none.
func (r *Reading) held(env *schema.Environment, as func(*schema.Kind, schema.Key, schema.Object) schema.Object) map[string]map[string]schema.Object {
	all := map[string]map[string]schema.Object{}
	for kind, live := range r.Live {
		k := schema.KindNamed(kind)
		all[kind] = map[string]schema.Object{}
		for name, o := range live {
			if o.Presence == Builtin || o.Presence == Phantom {
				continue
			}
			if fields := as(k, schema.Key{Kind: kind, Name: name}, o.Fields); fields != nil {
				all[kind][name] = schema.Overlay(fields, metaOf(env, kind, name))
			}
		}
	}
	return all
}

// metaOf is what the manifest says to authsync of an object.
func metaOf(env *schema.Environment, kind, name string) schema.Object {
	if d := env.Object(schema.Key{Kind: kind, Name: name}); d != nil {
		return d.Meta
	}
	return nil
}
