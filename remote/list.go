package remote

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// knownTo are the wanted objects, of those that meet, that were live when they
// were last applied.
func knownTo(k *schema.Kind, wants []sync.Want, meet func(sync.Want) bool) []string {
	var known []string
	for _, w := range wants {
		if w.Applied.Fields != nil && meet(w) {
			known = append(known, schema.Key{Kind: k.Name, Name: w.Name}.String())
		}
	}
	return known
}

// emptyWhere is the error of a list that shows nothing where objects stood when
// they were last applied: more likely a fault of the service than the truth.
func emptyWhere(known []string) error {
	return fmt.Errorf("it lists nothing, where %s stood when last applied; if they are really gone, allow to make them anew with --recreate", strings.Join(known, ", "))
}

// anyWant meets every wanted object.
func anyWant(sync.Want) bool { return true }

// matcher finds the wanted among live objects that have ids of their own, and
// names that need not be unique.
type matcher struct {
	kind *schema.Kind
	id   string // wire name of the id
	// naming says whether an object keeps what it is found by.
	naming naming
	// identity is what an object is found by, and sought what a wanted one is.
	identity func(o schema.Object) string
	sought   func(w sync.Want) string
	// name is what an object is called that is not wanted.
	name func(o schema.Object) string
}

// naming says whether an object keeps what it is found by.
type naming int

const (
	// _: an object of another identity is another object.
	_ naming = iota
	// renamable: an object that is remembered by its id may be called
	// otherwise now.
	renamable
)

// match returns every object once: the wanted under their names, the others
// under their own, or under their ids where that name is taken.
func (m matcher) match(all []schema.Object, wants []sync.Want) ([]sync.Live, error) {
	byID, byIdentity, named := map[string]schema.Object{}, map[string][]string{}, map[string]int{}
	for _, o := range all {
		id := o.Text(m.id)
		byID[id] = o
		byIdentity[m.identity(o)] = append(byIdentity[m.identity(o)], id)
		named[m.name(o)]++
	}
	taken := map[string]string{} // name in the manifest, by id
	for _, w := range wants {
		id, err := m.find(w, byID, byIdentity[m.sought(w)])
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", m.kind.System, schema.Key{Kind: m.kind.Name, Name: w.Name}, err)
		}
		if other, twice := taken[id]; twice {
			return nil, fmt.Errorf("%s: %s: %s is %s already; say with id: which is meant", m.kind.System,
				schema.Key{Kind: m.kind.Name, Name: w.Name}, id, schema.Key{Kind: m.kind.Name, Name: other})
		}
		if id != "" {
			taken[id] = w.Name
		}
		named[w.Name] += 2 // no other object may go by it
	}
	twins := map[string]string{}
	for _, w := range wants {
		for _, id := range byIdentity[m.sought(w)] {
			twins[id] = w.Name
		}
	}
	live := make([]sync.Live, len(all))
	for i, o := range all {
		id := o.Text(m.id)
		live[i] = sync.Live{Name: taken[id], ID: id, Wire: o}
		if live[i].Name != "" {
			continue
		}
		live[i].Twin = twins[id]
		if live[i].Name = m.name(o); live[i].Name == "" || named[live[i].Name] > 1 {
			live[i].Name = id
		}
	}
	return live, nil
}

// find returns the id of the wanted object, or "".
func (m matcher) find(w sync.Want, byID map[string]schema.Object, found []string) (string, error) {
	if w.Pin != "" {
		if _, ok := byID[w.Pin]; !ok {
			return "", fmt.Errorf("live has no %s, which id: pins; correct it, or take id: away", w.Pin)
		}
		return w.Pin, nil
	}
	switch {
	case slices.Contains(found, w.ID), w.Remembered && byID[w.ID] != nil:
		return w.ID, nil
	case m.naming == renamable && byID[w.ID] != nil && len(found) > 0:
		return "", fmt.Errorf("live has %s, which it was when last applied, and %s, which has its name; say with id: which is meant", w.ID, strings.Join(found, " and "))
	case m.naming == renamable && byID[w.ID] != nil:
		return w.ID, nil
	case byID[w.Name] != nil:
		return w.Name, nil // as an export calls those that share a name
	case len(found) > 1 && w.Lost:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("live has %d that it may be: %s; say with id: which is meant", len(found), strings.Join(found, " and "))
	case len(found) == 1:
		return found[0], nil
	}
	return "", nil
}
