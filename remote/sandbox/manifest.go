package sandbox

import (
	"fmt"

	"authsync/schema"
)

// seeders put an object of each kind in, in wire form. A new kind is a line here.
var seeders = map[string]func(s *Server, envID, name string, wire schema.Object) error{
	schema.Login.Name: func(s *Server, envID, _ string, wire schema.Object) error {
		return s.SeedLogin(envID, wire)
	},
	schema.Client.Name: func(s *Server, envID, name string, wire schema.Object) error {
		if name == schema.Client.Key.Aliases[0] {
			name = envID
		}
		return s.SeedClient(envID, name, wire)
	},
	schema.Provider.Name: func(s *Server, envID, name string, wire schema.Object) error {
		wire["Id"] = schema.Text(name)
		return s.SeedProvider(envID, wire)
	},
}

// Seed takes a manifest for a description of what is live.
func (s *Server) Seed(env *schema.Environment) error {
	id := env.Setting("cloudbase", "envId")
	if id == "" {
		return nil
	}
	s.AddEnvironment(id, env.Name, env.Setting("cloudbase", "region"))
	for _, k := range schema.Kinds {
		c := env.Collections[k.Name]
		if c == nil {
			continue
		}
		for _, d := range c.Objects {
			if err := seeders[k.Name](s, id, d.Key.Name, k.ToWire(d.Fields)); err != nil {
				return fmt.Errorf("%s: %w", d.Key, err)
			}
		}
	}
	return nil
}
