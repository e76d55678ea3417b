package schema

import (
	"sort"
	"strings"

	"authsync/schema/list"
	"authsync/secrets"
)

// APIVersion is the version of the manifest's format.
const APIVersion = "authsync/v1"

// The kinds of file.
const (
	EnvironmentFile = "Environment"
	BaseFile        = "Base"
	PolicyFile      = "Policy"
	RolloutFile     = "Rollout"
)

// Environment is one manifest, read and checked.
type Environment struct {
	Name string
	File string
	// Sources are the files that the environment is read from, the manifest first.
	Sources []Source
	// Named are other files that these name: lists of recipients.
	Named []string
	// Recipients are the age recipients of the environment's secrets.
	Recipients []string
	// SecretPaths and NotSecretPaths overrule the names: what is at or below such a
	// path is a secret, or is not one if git has it in clear.
	SecretPaths, NotSecretPaths []Path
	// OwnPaths are paths that belong to the environment, though no [Scope] says so.
	OwnPaths []Path
	// Acks silence reports about places, but never a gate or a refusal.
	Acks []Ack
	// Labels are the environment's place in a fleet.
	Labels Object
	// Expiries are until when secrets are good.
	Expiries []Expiring
	// Policies are those that it is judged by.
	Policies []*Policy
	// Systems are the settings of the services, by system.
	Systems map[string]Object
	systems map[string]NamedNode // what the manifest says of them
	// Collections are the manifest's objects by kind. A kind without an entry is not
	// managed at all.
	Collections map[string]*Collection
	// Quirks are what the file beside the manifest says about the services.
	Quirks Quirks
	// Secrets are all sealed secrets and secrets from variables, as they were read.
	Secrets []HeldSecret

	node *Node // what the manifest says, with its Bases
}

// HeldSecret is a secret, with the place of its text and the place where it is read,
// which differ through extends and aliases.
type HeldSecret struct {
	Pos   Position
	Path  Path
	Value secrets.Value
}

// Source is a file and the digest of its text.
type Source struct {
	Path   string `json:"path" doc:"The file."`
	SHA256 string `json:"sha256" doc:"The digest of its text."` // in hexadecimal digits
}

// Collection is a manifest's objects of one kind.
type Collection struct {
	Kind    *Kind
	Pos     Position
	Objects []*Declared // by name
	// Groups are the settings of each group, for a kind in groups.
	Groups map[string]Object
}

// Declared is one object of a manifest.
type Declared struct {
	Key    Key
	Pos    Position
	Fields Object
	// Meta are fields for authsync itself.
	Meta Object
	// Keep objects are never deleted.
	Keep Keep

	node *Node // what the manifest says of the object
}

// Label returns the object's name at the service, for a kind with labels.
func (d *Declared) Label(k *Kind) string {
	if text := d.Fields.Text(k.Label); text != "" {
		return text
	}
	return d.Key.Name
}

// Position returns where a field of the object is; for a missing field, what would
// contain it.
func (d *Declared) Position(below Path) Position {
	pos, n := d.Pos, d.node
	for _, name := range below {
		if n == nil {
			break
		}
		if n = n.Field(name); n != nil {
			pos = n.Pos
		}
	}
	return pos
}

// Keep says whether an object may be deleted by --prune.
type Keep int

const (
	Prunable Keep = iota
	Kept
)

// Group returns the settings of the group that an object is in, if the kind has
// groups.
func (c *Collection) Group(object string) Object {
	group, _, _ := strings.Cut(object, "/")
	return c.Groups[group]
}

func (c *Collection) Object(name string) *Declared {
	i := sort.Search(len(c.Objects), func(i int) bool { return c.Objects[i].Key.Name >= name })
	if i < len(c.Objects) && c.Objects[i].Key.Name == name {
		return c.Objects[i]
	}
	return nil
}

// Objects returns the manifest's objects of a kind.
func (e *Environment) Objects(k *Kind) []*Declared {
	if c := e.Collections[k.Name]; c != nil {
		return c.Objects
	}
	return nil
}

// Object returns the manifest's object of a key, or nil.
func (e *Environment) Object(key Key) *Declared {
	if c := e.Collections[key.Kind]; c != nil {
		return c.Object(key.Name)
	}
	return nil
}

// Secret returns the secret at a path of the manifest, which may lead through items of
// lists.
func (e *Environment) Secret(path Path) (secrets.Value, bool) {
	var v Value
	switch {
	case len(path) > 2 && path[0] == "systems":
		v = valueAt(e.Systems[path[1]], path[2:])
	case len(path) > 1:
		k := kindOfCollection(path[0])
		if k == nil {
			return secrets.Value{}, false
		}
		name, below, _ := k.NameAt(path)
		if d := e.Object(Key{k.Name, name}); d != nil {
			v = valueAt(d.Fields, below)
		}
	}
	secret, ok := v.(Secret)
	return secret.Value, ok
}

// Remotes returns the remote ends of the environment's systems, as spelled in the
// manifest.
func (e *Environment) Remotes() map[string]string {
	remotes := map[string]string{}
	for _, s := range Systems {
		if remote := e.Setting(s.Name, s.Remote); remote != "" {
			remotes[s.Name] = remote
		}
	}
	return remotes
}

// ID returns the tenant of the [Shared] system; "" = none.
func (e *Environment) ID() string {
	s := Shared()
	return e.Setting(s.Name, s.Tenant)
}

// Variables returns the environment variables from which the manifest takes secrets.
func (e *Environment) Variables() []string {
	var names []string
	for _, settings := range e.Systems {
		names = append(names, variables(settings)...)
	}
	for _, c := range e.Collections {
		for _, group := range c.Groups {
			names = append(names, variables(group)...)
		}
		for _, d := range c.Objects {
			names = append(names, variables(d.Fields)...)
		}
	}
	return list.Distinct(names)
}

func variables(v Value) []string {
	var names []string
	WalkSecrets(v, func(v secrets.Value) {
		if v.Form() == secrets.EnvForm {
			names = append(names, v.EnvName())
		}
	})
	return names
}

// SettingPosition returns where a setting of a system is, or else the system.
func (e *Environment) SettingPosition(system, name string) Position {
	settings, ok := e.systems[system]
	if !ok {
		return Position{File: e.File}
	}
	if field := settings.Value.Field(name); field != nil {
		return field.Pos
	}
	return settings.Pos
}

// Setting returns a setting of a system as text, or "".
func (e *Environment) Setting(system, name string) string {
	return e.Systems[system].Text(name)
}

// Remove removes the field at a path, or the object if the path ends there. It reports
// whether there was anything.
func (e *Environment) Remove(path Path) bool {
	if len(path) == 0 {
		return false
	}
	k := kindOfCollection(path[0])
	if k == nil || e.Collections[k.Name] == nil {
		return false
	}
	c := e.Collections[k.Name]
	name, rest, ok := k.NameAt(path)
	for i, d := range c.Objects {
		if !ok || d.Key.Name != name {
			continue
		}
		if len(rest) == 0 {
			c.Objects = append(c.Objects[:i:i], c.Objects[i+1:]...)
			return true
		}
		// A fault may be in something smaller than a field: an item of a list.
		for n := len(rest); n > 0; n-- {
			if d.Fields.At(rest[:n]...) != nil {
				d.Fields = Without(d.Fields, []Path{rest[:n]})
				return true
			}
		}
	}
	return false
}

// Position returns where the manifest states a place, or else what is around it.
func (e *Environment) Position(path Path) Position {
	pos, n := Position{File: e.File, Line: 1, Column: 1}, e.node
	for _, name := range path {
		if n = n.in(name); n == nil {
			break
		}
		pos = n.Pos
	}
	return pos
}
