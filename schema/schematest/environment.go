package schematest

import (
	"slices"
	"sort"
	"sync"

	"filippo.io/age"
	"pgregory.net/rapid"

	"authsync/schema"
)

// Identity is the key of generated environments, made again by every process.
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
			e.Collections[k.Name].Objects = slices.DeleteFunc(e.Collections[k.Name].Objects, func(d *schema.Declared) bool {
				return k.Key.AliasOf != "" && d.Key.Name == e.Setting(k.System, k.Key.AliasOf) // its alias is to be used
			})
		}
	}
	return e
}

func (s Shape) collection(t *rapid.T, k *schema.Kind) *schema.Collection {
	c := &schema.Collection{Kind: k}
	names := []string{""}
	switch k.Arity {
	case schema.Many:
		names = rapid.SliceOfNDistinct(Name(k), 0, 3, k.Canonical).Draw(t, k.Collection)
	case schema.Groups:
		c.Groups, names = s.groups(t, k)
	}
	sort.Strings(names)
	labels, counts := map[string]bool{}, map[string]int{}
	for _, name := range names {
		d := &schema.Declared{Key: schema.Key{Kind: k.Name, Name: name}, Fields: k.Settable(s.Fields(t, k, name))}
		if k.Notation == schema.Mapped && rapid.Bool().Draw(t, name+" keep") {
			d.Keep, d.Meta = schema.Kept, schema.Object{"keep": schema.Bool(true)}
		}
		if label := d.Label(k); k.Label != "" && labels[label] {
			continue // of a label there can be one
		}
		class, limit := k.Limit(d.Fields)
		if counts[class]++; limit > 0 && counts[class] > limit {
			continue
		}
		labels[d.Label(k)] = true
		c.Objects = append(c.Objects, d)
	}
	return c
}

// rowKey is the field that names the rows of every generated group. No row has
// it: see [others].
const rowKey = "rowKey"

// groups draws groups with their settings, and the names of objects in them.
func (s Shape) groups(t *rapid.T, k *schema.Kind) (map[string]schema.Object, []string) {
	groups, names := map[string]schema.Object{}, []string{}
	pattern := k.GroupKey.Pattern
	for _, group := range rapid.SliceOfNDistinct(rapid.StringMatching(pattern.String()), 0, 2, rapid.ID[string]).Draw(t, k.Collection) {
		at := schema.Path{k.Collection, group}
		groups[group] = s.object(t, k.Group, at, nil, []string{k.RowKey})
		groups[group][k.RowKey] = schema.Text(rowKey)
		for _, row := range rapid.SliceOfNDistinct(Name(k), 0, 3, rapid.ID[string]).Draw(t, at.String()) {
			names = append(names, group+"/"+row)
		}
	}
	return groups, names
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
