package sandbox

import (
	"fmt"
	"net/url"
	"strings"

	"authsync/schema"
)

// seeders put an object of each kind in, in wire form. A new kind is a line here.
var seeders = map[string]func(s *Server, env *schema.Environment, name string, wire schema.Object) error{
	schema.Login.Name: func(s *Server, env *schema.Environment, _ string, wire schema.Object) error {
		return s.SeedLogin(env.ID(), wire)
	},
	schema.Client.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if name == schema.Client.Key.Aliases[0] {
			name = env.ID()
		}
		return s.SeedClient(env.ID(), name, wire)
	},
	schema.Provider.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		wire["Id"] = schema.Text(name)
		return s.SeedProvider(env.ID(), wire)
	},
	schema.APIKey.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		wire["Name"] = schema.Text(name)
		return s.SeedAPIKey(env.ID(), wire)
	},
	schema.Integration.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if schema.IsUnset(wire["Name"]) {
			wire["Name"] = schema.Text(name)
		}
		return s.SeedIntegration(env.ID(), wire)
	},
	schema.Connector.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		if schema.IsUnset(wire["connector_id"]) {
			wire["connector_id"] = schema.Text(name)
		}
		return s.SeedConnector(tenantOf(env, schema.Connectors), wire)
	},
	schema.Application.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		wire["id"] = schema.Text(name)
		if server, ok := wire["apiServer"].(schema.Object); ok && schema.IsUnset(server["appId"]) {
			server["appId"] = schema.Text(name)
		}
		return s.SeedApplication(tenantOf(env, schema.Devices), wire)
	},
	schema.Record.Name: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		source, row, _ := strings.Cut(name, "/")
		settings := env.Collections[schema.Record.Name].Group(name)
		if key := settings.Text(schema.Record.RowKey); wire[key] == nil {
			wire[key] = schema.Text(row)
		}
		return s.SeedRecord(openEnvOf(env), settings.Text("envType"), source, wire)
	},
}

// declarers make the groups of a kind known, with or without objects.
var declarers = map[string]func(s *Server, env *schema.Environment, group string, settings schema.Object){
	schema.Record.Name: func(s *Server, env *schema.Environment, group string, settings schema.Object) {
		s.DeclareDataSource(openEnvOf(env), settings.Text("envType"), group)
	},
}

// openEnvOf is the environment whose open API is meant.
func openEnvOf(env *schema.Environment) string {
	if host := tenantOf(env, schema.OpenAPI); host != "" {
		id, _ := environmentOf(host)
		return id
	}
	return env.ID()
}

// tenantOf is the tenant of a system that is told apart by host.
func tenantOf(env *schema.Environment, system string) string {
	u, err := url.Parse(env.Setting(system, "url"))
	if err != nil {
		return ""
	}
	return u.Host
}

// Seed takes a manifest for a description of what is live.
func (s *Server) Seed(env *schema.Environment) error {
	s.seeds.add(env)
	if id := env.ID(); id != "" {
		s.AddEnvironment(id, env.Name, env.Setting(schema.CloudBase, "region"))
	}
	if host := tenantOf(env, schema.Connectors); host != "" {
		s.connectors.tenants.add(tenantName(host))
	}
	if host := tenantOf(env, schema.Devices); host != "" {
		s.devices.tenants.add(tenantName(host))
	}
	for _, k := range schema.Kinds {
		c := env.Collections[k.Name]
		if c == nil {
			continue
		}
		for group, settings := range c.Groups {
			declarers[k.Name](s, env, group, settings)
		}
		for _, d := range c.Objects {
			if err := seeders[k.Name](s, env, d.Key.Name, k.ToWire(d.Fields)); err != nil {
				return fmt.Errorf("%s: %w", d.Key, err)
			}
		}
	}
	return nil
}
