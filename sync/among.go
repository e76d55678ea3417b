package sync

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"authsync/schema"
)

// among finds, among all objects of one kind, those that have something in common with
// one of them. There may be tens of thousands, so none is compared with all others.
type among struct {
	kind    *schema.Kind
	objects *schema.Collection
	live    map[string]LiveObject

	byID   map[string]schema.Key // of the lock's objects that git does not name
	byName map[string]schema.Key // of those without an id

	alikes map[string][]string     // names of live objects by each of their foldings; nil = not made yet
	groups map[string]*rivalGroup  // by the value that rivals share; nil = not made yet
	twins  map[string][]LiveObject // live objects by the name that they duplicate; nil = not made yet
}

func (b *builder) amongOf(k *schema.Kind, c *schema.Collection, live map[string]LiveObject) *among {
	a := &among{kind: k, objects: c, live: live, byID: map[string]schema.Key{}, byName: map[string]schema.Key{}}
	// Of several the one counts that live calls so, as it was read by that name, or the first.
	for _, key := range slices.Backward(b.site.Lock.Keys(k.Name)) {
		if c.Object(key.Name) != nil {
			continue
		}
		entry, _ := b.site.Lock.Entry(key)
		id := cmp.Or(entry.ID, key.Name)
		if other, again := a.byID[id]; !again || live[other.Name].ID != id {
			a.byID[id] = key
		}
		if entry.ID == "" {
			a.byName[key.Name] = key
		}
	}
	return a
}

// stray returns the lock's object that an unnamed live object is: found by the
// service's id, or by name if the lock has no id.
func (a *among) stray(name string, o LiveObject) (schema.Key, bool) {
	byName, named := a.byName[name]
	byID, identified := a.byID[o.ID]
	switch {
	case !identified || o.ID == "":
		return byName, named
	case named && byName.Name < byID.Name:
		return byName, true
	}
	return byID, true
}

// besides returns the ids of all objects of a name, the matched one first.
func (a *among) besides(name string, was LiveObject) []string {
	if a.twins == nil {
		a.twins = map[string][]LiveObject{}
		for _, other := range sortedNames(a.live) {
			if o := a.live[other]; o.DuplicateOf != "" {
				a.twins[o.DuplicateOf] = append(a.twins[o.DuplicateOf], o)
			}
		}
	}
	ids := []string{was.ID}
	for _, o := range a.twins[name] {
		ids = append(ids, o.ID)
	}
	return ids
}

// alike returns the live objects whose name or label equals that of a declared object
// or differs in little.
func (a *among) alike(d *schema.Declared) []Alike {
	if a.alikes == nil {
		a.alikes = map[string][]string{}
		for name, o := range a.live {
			for text := range foldings(a.kind, name, o.Fields.Text(a.kind.Label)) {
				a.alikes[text] = append(a.alikes[text], name)
			}
		}
	}
	names := map[string]struct{}{}
	for text := range foldings(a.kind, d.Key.Name, d.Label(a.kind)) {
		for _, name := range a.alikes[text] {
			names[name] = struct{}{}
		}
	}
	return alike(a.kind, d, a.live, slices.Sorted(maps.Keys(names)))
}

// foldings are all texts by which a service may find an object's name or label equal to
// another's; see [difference].
func foldings(k *schema.Kind, name, label string) map[string]struct{} {
	all := map[string]struct{}{}
	if k.Label == "" {
		label = ""
	}
	for i, ways := range waysToDiffer {
		all["name "+strconv.Itoa(i)+folded(name, ways)] = struct{}{}
		if label != "" {
			all["label "+strconv.Itoa(i)+folded(label, ways)] = struct{}{}
		}
	}
	return all
}

// rivalGroup are the objects of which a service may keep only one.
type rivalGroup struct {
	live    []schema.Key // objects that exist
	planned []schema.Key // declared objects that do not
	kept    []schema.Key // those of live that are never deleted
	told    map[schema.Key]struct{}
}

// rivals returns the group of the objects that share a value.
func (a *among) rivals(value string) *rivalGroup {
	if a.groups == nil {
		a.groups = map[string]*rivalGroup{}
		for _, name := range sortedNames(a.live) {
			if o := a.live[name]; o.Presence != Phantom {
				a.group(a.kind.Rivals.Rival(o.Fields)).exists(a, schema.Key{Kind: a.kind.Name, Name: name})
			}
		}
		for _, d := range a.objects.Objects {
			g := a.group(a.kind.Rivals.Rival(d.Fields))
			if _, exists := slices.BinarySearchFunc(g.live, d.Key, compareNames); !exists {
				g.planned = append(g.planned, d.Key)
			}
		}
	}
	return a.group(value)
}

func compareNames(a, b schema.Key) int { return cmp.Compare(a.Name, b.Name) }

func (a *among) group(value string) *rivalGroup {
	g := a.groups[value]
	if g == nil {
		g = &rivalGroup{told: map[schema.Key]struct{}{}}
		a.groups[value] = g
	}
	return g
}

func (g *rivalGroup) exists(a *among, key schema.Key) {
	g.live = append(g.live, key)
	if d := a.objects.Object(key.Name); d != nil && d.Keep == schema.Kept {
		g.kept = append(g.kept, key)
	}
}

// untold returns the existing objects of the group but one, those that were not
// returned before.
func (g *rivalGroup) untold(but schema.Key) []schema.Key {
	var keys []schema.Key
	if len(g.told) == len(g.live) {
		return nil
	}
	for _, key := range g.live {
		if _, told := g.told[key]; !told && key != but {
			g.told[key] = struct{}{}
			keys = append(keys, key)
		}
	}
	return keys
}

// except returns how many of some keys, sorted by name, are not the one, and the first
// of these.
func except(keys []schema.Key, but schema.Key) (n int, first []schema.Key) {
	at, found := slices.BinarySearchFunc(keys, but, compareNames)
	if !found {
		return len(keys), keys[:min(len(keys), mostNamed)]
	}
	if at >= mostNamed {
		return len(keys) - 1, keys[:mostNamed]
	}
	first = slices.Delete(slices.Clone(keys[:min(len(keys), mostNamed+1)]), at, at+1)
	return len(keys) - 1, first
}
