package pair

import (
	"maps"
	"slices"

	"authsync/schema"
)

// Widened is an environment with a place for all kinds of objects, and all groups, that
// another one has and its own systems can have: what is live of both is read then.
// What either takes for a secret is one of both.
func Widened(env, other *schema.Environment) *schema.Environment {
	wide := *env
	wide.SecretPaths = slices.Concat(env.SecretPaths, other.SecretPaths)
	wide.Collections = maps.Clone(env.Collections)
	for name, theirs := range other.Collections {
		if !env.Has(theirs.Kind.System) {
			continue
		}
		own := &schema.Collection{Kind: theirs.Kind}
		if c := env.Collections[name]; c != nil {
			*own = *c
		}
		own.Groups = maps.Clone(theirs.Groups)
		if c := env.Collections[name]; c != nil {
			maps.Copy(own.Groups, c.Groups)
		}
		wide.Collections[name] = own
	}
	return &wide
}
