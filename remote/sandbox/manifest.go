package sandbox

import (
	"fmt"
	"net/url"
	"slices"

	"authsync/schema"
)

// openEnvOf returns the environment of a manifest's open API.
func openEnvOf(env *schema.Environment) string {
	if host := tenantOf(env, schema.OpenAPI); host != "" {
		id, _ := environmentOf(host)
		return id
	}
	return env.ID()
}

// tenantOf returns the tenant of a system whose tenants differ by host.
func tenantOf(env *schema.Environment, system string) string {
	u, err := url.Parse(env.Setting(system, "url"))
	if err != nil {
		return ""
	}
	return u.Host
}

// Seed adds the objects of a manifest to the live state.
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
			plays[k.Name].declare(s, env, group, settings)
		}
		for _, d := range c.Objects {
			wire := k.ToWire(d.Fields)
			if id := d.Meta.Text("id"); id != "" && slices.Contains(k.Type.Ignored, "id") {
				wire["id"] = schema.Text(id)
			}
			if err := plays[k.Name].seed(s, env, d.Key.Name, wire); err != nil {
				return fmt.Errorf("%s: %w", d.Key, err)
			}
		}
	}
	return nil
}
