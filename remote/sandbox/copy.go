package sandbox

import (
	"cmp"
	"fmt"

	"authsync/schema"
)

// Copied is an object as it was read of a live service.
type Copied struct {
	Key schema.Key
	// ID is the service's id, if it is not the name.
	ID string
	// Wire is the object as the service has it, secrets in clear.
	Wire schema.Object
}

// Copy adds objects of a kind as they were read of a live environment: with their ids,
// and without what the sandbox would have of the kind by itself.
func (s *Server) Copy(env *schema.Environment, k *schema.Kind, objects []Copied) error {
	p := plays[k.Name]
	if id := env.ID(); id != "" {
		s.AddEnvironment(id, env.Name, env.Setting(schema.CloudBase, "region"))
	}
	if p.bare != nil {
		p.bare(s, env)
	}
	if c := env.Collections[k.Name]; c != nil {
		for group, settings := range c.Groups {
			p.declare(s, env, group, settings)
		}
	}
	for _, o := range objects {
		wire := o.Wire.Clone()
		if o.ID != "" && p.id != "" {
			wire[p.id] = schema.Text(o.ID)
		}
		if err := p.seed(s, env, o.Key.Name, wire); err != nil {
			return fmt.Errorf("%s: %w", o.Key, err)
		}
	}
	return nil
}

// Stored returns all objects of a kind in an environment, in wire form, by their ids.
func (s *Server) Stored(env *schema.Environment, k *schema.Kind) schema.Object {
	if held := plays[k.Name].held; held != nil {
		return held(s, env)
	}
	e, err := s.cloudbase.environment(env.ID())
	if err != nil {
		return nil
	}
	e.Lock()
	defer e.Unlock()
	of, _ := e.state()[k.Collection].(schema.Object)
	if k.Arity == schema.One {
		return schema.Object{"": of}
	}
	return of
}

// StoredAs returns the id by which [Server.Stored] has an object.
func (o Copied) StoredAs(env *schema.Environment) string {
	if k := schema.KindNamed(o.Key.Kind); len(k.Key.Aliases) > 0 && o.Key.Name == k.Key.Aliases[0] {
		return env.ID()
	}
	return cmp.Or(o.ID, o.Key.Name)
}
