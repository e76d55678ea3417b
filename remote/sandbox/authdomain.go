package sandbox

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
)

// domainFields are the fields of a security domain (typed cloud API).
var domainFields = []param{
	{name: "Id"}, {name: "Domain"},
	{name: "Type", oneOf: []string{"SYSTEM", "USER"}}, {name: "Status", oneOf: []string{"ENABLE", "DISABLE"}},
	{name: "CreateTime"}, {name: "UpdateTime"},
}

var domainActions = map[string]action{
	"DescribeAuthDomains": {
		params:  []param{envID},
		answers: []param{{name: "Domains", form: objects, fields: domainFields}},
		do:      describeAuthDomains,
	},
	"CreateAuthDomain": {
		writes: true,
		params: []param{envID, {name: "Domains", form: textList, required: true}},
		do:     createAuthDomain,
	},
	"DeleteAuthDomain": {
		writes:  true,
		params:  []param{envID, {name: "DomainIds", form: textList, required: true}},
		answers: []param{{name: "Deleted", form: integer}},
		do:      deleteAuthDomain,
	},
}

var domainPlay = play{
	transcription: transcription{stored: domainFields},
	actions:       domainActions,
	id:            "Id",
	bare: func(s *Server, env *schema.Environment) {
		e, unlock := s.cloudbase.environments.locked(env.ID())
		defer unlock()
		e.shelf("authDomain").objects = map[string]schema.Object{}
	},
	seed: func(s *Server, env *schema.Environment, name string, wire schema.Object) error {
		wire["Domain"] = schema.Text(name)
		return s.SeedAuthDomain(env.ID(), wire)
	},
}

// SeedAuthDomain adds a security domain in wire form. Unless other fields are given,
// it is enabled and was added by a user.
func (s *Server) SeedAuthDomain(envID string, wire schema.Object) error {
	return seedIn(&s.cloudbase.environments, envID, "security domain", wire, func(env *environment, plain schema.Object) error {
		o := overlay(env.newDomain(plain.Text("Domain"), "USER", envStamp(s.options.Now())), plain)
		env.domains().put(o.Text("Id"), o)
		return nil
	})
}

func (e *environment) newDomain(domain, of string, now schema.Text) schema.Object {
	id := e.shelf("authDomain").unused(func() string { return invented(fmt.Sprintf("%s domain %d", e.id, e.generate()))[:20] })
	return schema.Object{
		"Id": schema.Text(id), "Domain": schema.Text(domain),
		"Type": schema.Text(of), "Status": schema.Text("ENABLE"), "CreateTime": now, "UpdateTime": now,
	}
}

// domains returns the environment's security domains. The platform's built-in ones
// exist from the start.
func (e *environment) domains() *shelf {
	shelf := e.shelf("authDomain")
	if shelf.objects == nil {
		for _, host := range []string{e.id + "-1250000000.tcloudbaseapp.com", e.id + "." + e.region + ".app.tcloudbase.com"} {
			o := e.newDomain(host, "SYSTEM", envStamp(e.created))
			shelf.put(o.Text("Id"), o)
		}
	}
	return shelf
}

func describeAuthDomains(c *call) (schema.Object, error) {
	return schema.Object{"Domains": viewed(c.env.domains().all(), schema.Object.Clone)}, nil
}

// createAuthDomain creates all of the given domains or none.
func createAuthDomain(c *call) (schema.Object, error) {
	taken := list.Set(c.env.domains().all(), func(o schema.Object) schema.Value { return o["Domain"] })
	domains, err := c.spelledDomains()
	if err != nil {
		return nil, err
	}
	for i, domain := range domains {
		again := taken[domain] || slices.Contains(domains[:i], domain)
		switch {
		case domain == schema.Text(""):
			return nil, refuse("InvalidParameterValue", "The value of parameter `Domains` is not valid.")
		case again && c.plays(quirk.DomainAgain, quirk.Refused):
			return nil, refuse("ResourceInUse", "The domain `%s` exists already.", domain)
		}
	}
	for _, domain := range domains {
		if taken[domain] {
			continue
		}
		taken[domain] = true
		o := c.env.newDomain(string(domain.(schema.Text)), "USER", envStamp(c.Now()))
		c.env.domains().put(o.Text("Id"), o)
	}
	return nil, nil
}

// spelledDomains returns the requested domains in the spelling in which they are
// stored.
func (c *call) spelledDomains() (schema.List, error) {
	var all schema.List
	given, _ := c.in["Domains"].(schema.List)
	for _, domain := range given {
		text, _ := domain.(schema.Text)
		host, _, ported := strings.Cut(string(text), ":")
		switch {
		case ported && c.plays(quirk.DomainPort, quirk.Refused):
			return nil, refuse("InvalidParameterValue", "The domain `%s` is not valid.", text)
		case ported && c.plays(quirk.DomainPort, quirk.Dropped):
			text = schema.Text(host)
		}
		if c.plays(quirk.DomainCase, quirk.Lowered) {
			text = schema.Text(strings.ToLower(string(text)))
		}
		all = append(all, text)
	}
	return all, nil
}

// deleteAuthDomain returns the number of deleted domains. It skips missing domains and
// built-in ones.
func deleteAuthDomain(c *call) (schema.Object, error) {
	ids, _ := c.in["DomainIds"].(schema.List)
	deleted := int64(0)
	for _, id := range ids {
		text, _ := id.(schema.Text)
		o, there := c.env.domains().get(string(text))
		switch system := there && o.Text("Type") != "USER"; {
		case system && c.plays(quirk.SystemDomainDeletion, quirk.Refused):
			return nil, refuse("OperationDenied", "The domain `%s` cannot be deleted.", o.Text("Domain"))
		case there && !system:
			c.env.domains().remove(string(text))
			deleted++
		}
	}
	return schema.Object{"Deleted": number(deleted)}, nil
}
