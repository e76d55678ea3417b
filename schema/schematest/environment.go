package schematest

import (
	"sort"
	"sync"

	"filippo.io/age"
	"pgregory.net/rapid"

	"authsync/schema"
)

// Identity is the key of generated environments, made anew by every process.
var Identity = sync.OnceValue(func() *age.X25519Identity {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		panic(err)
	}
	return identity
})

// Environment draws a whole manifest.
func (s Shape) Environment(t *rapid.T) *schema.Environment {
	e := &schema.Environment{
		Name:        rapid.StringMatching(`[a-z0-9][a-z0-9._-]{0,20}`).Draw(t, "name"),
		Systems:     map[string]schema.Object{},
		Collections: map[string]*schema.Collection{},
	}
	if rapid.Bool().Draw(t, "recipients?") {
		e.Recipients = []string{Identity().Recipient().String()}
	}
	for _, system := range schema.Systems {
		at := schema.Path{"systems", system.Name}
		e.Systems[system.Name] = s.mend(t, system.Type, s.object(t, system.Type, at, nil, nil), at, nil)
	}
	for _, k := range schema.Kinds {
		if rapid.Bool().Draw(t, k.Collection+"?") {
			e.Collections[k.Name] = s.collection(t, k)
		}
	}
	return e
}

func (s Shape) collection(t *rapid.T, k *schema.Kind) *schema.Collection {
	c := &schema.Collection{Kind: k}
	names := []string{""}
	if k.Arity == schema.Many {
		names = rapid.SliceOfNDistinct(Name(k), 0, 3, rapid.ID[string]).Draw(t, k.Collection)
		sort.Strings(names)
	}
	for _, name := range names {
		d := &schema.Declared{Key: schema.Key{Kind: k.Name, Name: name}, Fields: s.Fields(t, k, name)}
		if rapid.Bool().Draw(t, name+" keep") {
			d.Keep = schema.Kept
		}
		c.Objects = append(c.Objects, d)
	}
	return c
}

// Name draws a name that an object of a kind may have.
func Name(k *schema.Kind) *rapid.Generator[string] {
	names := rapid.StringMatching(k.Key.Pattern.String()).Filter(k.Key.Pattern.MatchString)
	if len(k.Key.Aliases) > 0 {
		names = rapid.OneOf(names, rapid.SampledFrom(k.Key.Aliases))
	}
	return names
}

// Kind draws one of the kinds.
func Kind(t *rapid.T) *schema.Kind {
	var names []string
	for _, k := range schema.Kinds {
		names = append(names, k.Name)
	}
	return schema.KindNamed(rapid.SampledFrom(names).Draw(t, "kind"))
}
