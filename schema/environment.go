package schema

import (
	"regexp"

	"authsync/secrets"
)

// APIVersion is the version of the manifest's format.
const APIVersion = "authsync/v1"

// The kinds of file.
const (
	EnvironmentFile = "Environment"
	BaseFile        = "Base"
)

// Environment is one manifest, read and checked.
type Environment struct {
	Name string
	File string
	// Recipients are the age recipients of the environment's secrets.
	Recipients []string
	// Systems are the settings of the services, by system.
	Systems map[string]Object
	// Collections are the objects that the manifest names, by kind. A kind
	// that is not in the map is not managed at all.
	Collections map[string]*Collection
}

// Collection is what a manifest holds of one kind.
type Collection struct {
	Kind    *Kind
	Pos     Position
	Objects []*Declared // by name
}

// Declared is one object of a manifest.
type Declared struct {
	Key    Key
	Pos    Position
	Fields Object
	// Keep objects are never deleted.
	Keep Keep
}

// Keep says whether an object may be deleted by --prune.
type Keep int

const (
	Prunable Keep = iota
	Kept
)

// Object returns the object of that name, or nil.
func (c *Collection) Object(name string) *Declared {
	for _, d := range c.Objects {
		if d.Key.Name == name {
			return d
		}
	}
	return nil
}

// Secret returns the secret at a path of the manifest.
func (e *Environment) Secret(path Path) (secrets.Value, bool) {
	var v Value
	switch {
	case len(path) > 2 && path[0] == "systems":
		v = e.Systems[path[1]].At(path[2:]...)
	case len(path) > 1:
		k := kindOfCollection(path[0])
		if k == nil || e.Collections[k.Name] == nil {
			return secrets.Value{}, false
		}
		name, rest := "", path[1:]
		if k.Arity == Many {
			name, rest = path[1], path[2:]
		}
		if d := e.Collections[k.Name].Object(name); d != nil {
			v = d.Fields.At(rest...)
		}
	}
	secret, ok := v.(Secret)
	return secret.Value, ok
}

// Setting returns a setting of a system as text, or "".
func (e *Environment) Setting(system, name string) string {
	return e.Systems[system].Text(name)
}

// Systems are the settings that each service needs of a manifest. Systems are
// written in this order.
var Systems = []SystemSettings{
	{
		Name: "cloudbase",
		Type: Struct{Naming: AsIs, Fields: []Field{
			{Name: "envId", Type: String{Pattern: regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,63}$`), Form: "an environment id (lower-case letters, digits and -)"}, Need: Required, Doc: "Id of the CloudBase environment."},
			{Name: "region", Type: String{Pattern: regexp.MustCompile(`^[a-z]{2,}(-[a-z0-9]+)+$`), Form: "a region such as ap-shanghai"}, Doc: "Region; ap-shanghai if left out."},
			{Name: "url", Type: String{Check: isServiceURL}, Doc: "Endpoint; https://tcb.tencentcloudapi.com if left out."},
			{Name: "secretId", Type: Sealed{}, Doc: "Secret id; TENCENTCLOUD_SECRETID if left out."},
			{Name: "secretKey", Type: Sealed{}, Doc: "Secret key; TENCENTCLOUD_SECRETKEY if left out."},
			{Name: "integrationKey", Type: Sealed{}, Doc: "32-byte key that seals the secret fields of integrations."},
		}, Rules: []Rule{bothOrNone("secretId", "secretKey")}},
	},
}

// SystemSettings describes the settings of one system.
type SystemSettings struct {
	Name string
	Type Struct
}

func bothOrNone(a, b string) Rule {
	return func(o Object) []Problem {
		if IsUnset(o[a]) == IsUnset(o[b]) {
			return nil
		}
		return []Problem{{Text: a + " and " + b + " go together"}}
	}
}

// Remove takes the field at a path out, or the object if the path ends there.
// It reports whether anything was there.
func (e *Environment) Remove(path Path) bool {
	if len(path) == 0 {
		return false
	}
	k := kindOfCollection(path[0])
	if k == nil || e.Collections[k.Name] == nil {
		return false
	}
	c := e.Collections[k.Name]
	own := k.Path("")
	if k.Arity == Many {
		if len(path) < 2 {
			return false
		}
		own = path[:2]
	}
	for i, d := range c.Objects {
		if k.Arity == Many && d.Key.Name != path[1] {
			continue
		}
		rest := path[len(own):]
		if len(rest) == 0 {
			c.Objects = append(c.Objects[:i:i], c.Objects[i+1:]...)
			return true
		}
		// A fault may lie in something smaller than a field: a list's item.
		for n := len(rest); n > 0; n-- {
			if d.Fields.At(rest[:n]...) != nil {
				d.Fields = Without(d.Fields, []Path{rest[:n]})
				return true
			}
		}
	}
	return false
}
