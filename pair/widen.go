package pair

import (
	"maps"
	"slices"

	"authsync/schema"
)

// Widened returns an environment with all kinds and groups that another one has and
// its own systems support, so that the same kinds are read from both live states. A
// field that either manifest declares secret is secret in both.
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
