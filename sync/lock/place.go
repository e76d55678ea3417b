package lock

import (
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"authsync/schema"
)

// Place is where a system of an environment is. Every file of an environment states
// the places of its systems, and is believed for no others.
type Place struct {
	// Address is the scheme and host of the service.
	Address string `json:"address,omitempty" yaml:"address,omitempty" doc:"Scheme and host. All hosts of the cloud's own API are one."`
	// Tenant is the tenant of the service, if the service has several.
	Tenant string `json:"tenant,omitempty" yaml:"tenant,omitempty" doc:"Which of the service's tenants is meant, where it has several."`
	// Sandbox is the identity of the sandbox that plays the service; "" = the real
	// service.
	Sandbox string `json:"sandbox,omitempty" yaml:"sandbox,omitempty" doc:"The identity of the sandbox that plays the service. Missing for the service itself."`

	older bool // written by an older version, which did not say whether it is a sandbox
}

// UnmarshalYAML also reads what older versions wrote: a tenant or a URL.
func (p *Place) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*p = Place{Tenant: n.Value, older: true}
		if address, path, ok := schema.SplitURL(n.Value); ok {
			*p = Place{Address: address, Tenant: path, older: true}
		}
		return nil
	}
	type place Place
	return n.Decode((*place)(p))
}

// Places are the places of an environment's systems, by the system's name.
type Places map[string]Place

// PlacesOf returns the places of an environment, played by a sandbox unless that is
// "".
func PlacesOf(env *schema.Environment, sandbox string) Places {
	places := Places{}
	for _, s := range schema.Systems {
		_, stated := env.Systems[s.Name]
		holds := slices.ContainsFunc(schema.Kinds, func(k *schema.Kind) bool { return k.System == s.Name && env.Collections[k.Name] != nil })
		if !stated && !holds {
			continue
		}
		if address := env.Address(s.Name); address != "" {
			places[s.Name] = Place{Address: address, Tenant: env.Tenant(s.Name), Sandbox: sandbox}
		}
	}
	return places
}

// Sandbox returns the identity of the sandbox that plays the systems, or "".
func (p Places) Sandbox() string {
	for _, place := range p {
		if place.Sandbox != "" {
			return place.Sandbox
		}
	}
	return ""
}

// told reports whether the places say whether they are a sandbox's; those of older
// versions do not.
func (p Places) told() bool {
	return slices.ContainsFunc(slices.Collect(maps.Values(p)), func(place Place) bool { return !place.older })
}

// Contradiction is a system that has one place in a file and another in the manifest.
type Contradiction struct {
	System  string
	Was, Is Place
}

// contradicted returns the systems whose address differs from was.
func (p Places) contradicted(was Places) map[string]Contradiction {
	all := map[string]Contradiction{}
	for system, now := range p {
		if before := was[system]; before.Address != "" && now.Address != before.Address {
			all[system] = Contradiction{system, before, now}
		}
	}
	return all
}

// Other says what of a file at the places was belongs to another service; "" =
// nothing. Nil places belong to no service and never differ; nor does a place that
// says nothing.
func (p Places) Other(was Places) string {
	if p == nil {
		return ""
	}
	switch theirs, ours := was.Sandbox(), p.Sandbox(); {
	case theirs != "" && ours == "":
		return "it is of a sandbox, and this is the service itself"
	case theirs == "" && ours != "" && len(was) > 0:
		return "it is of the service itself, and this is a sandbox"
	case theirs != ours && len(was) > 0:
		return "it is of another sandbox"
	}
	for _, system := range slices.Sorted(maps.Keys(p)) {
		before, now := was[system], p[system]
		switch {
		case before.Tenant != "" && before.Tenant != now.Tenant:
			return "it is of the " + system + " environment " + before.Tenant + ", and this is " + now.Tenant
		case before.Address != "" && before.Address != now.Address:
			return "it is of " + system + " at " + before.Address + ", and this is at " + now.Address
		}
	}
	return ""
}
