package service

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// KnownTo are the wanted objects, of those that meet, that were live when they
// were last applied.
func KnownTo(k *schema.Kind, wants []sync.Want, meet func(sync.Want) bool) []string {
	var known []string
	for _, w := range wants {
		if w.Applied.Fields != nil && meet(w) {
			known = append(known, schema.Key{Kind: k.Name, Name: w.Name}.String())
		}
	}
	return known
}

// EmptyWhere is the error of a list that shows nothing where objects stood when
// they were last applied: more likely a fault of the service than the truth.
func EmptyWhere(known []string) error {
	return fmt.Errorf("it lists nothing, where %s stood when last applied; if they are really gone, allow to make them anew with --recreate", strings.Join(known, ", "))
}

// AnyWant meets every wanted object.
func AnyWant(sync.Want) bool { return true }

// Matcher finds the wanted among live objects that have ids of their own, and
// names that need not be unique. An object that is remembered by its id may be
// called otherwise now: it is changed or refused, and no other is made beside it.
type Matcher struct {
	Kind *schema.Kind
	ID   string // wire name of the id
	// Identity is what an object is found by, and Sought what a wanted one is.
	Identity func(o schema.Object) string
	Sought   func(w sync.Want) string
	// Name is what an object is called that is not wanted.
	Name func(o schema.Object) string
	// Made is the wire name of the time at which an object was made.
	Made string
}

// Match returns every object once: the wanted under their names, the others
// under their own, or under their ids where that name is taken, or is none that
// an object of a manifest can have.
func (m Matcher) Match(all []schema.Object, wants []sync.Want) ([]sync.WireObject, error) {
	byID, byIdentity, named := map[string]schema.Object{}, map[string][]string{}, map[string]int{}
	idOfName := map[string]string{} // by the name that nameByID gives
	for _, o := range all {
		id := o.Text(m.ID)
		byID[id] = o
		idOfName[m.nameByID(id)] = id
		byIdentity[m.Identity(o)] = append(byIdentity[m.Identity(o)], id)
		named[m.Name(o)]++
	}
	taken := map[string]string{} // name in the manifest, by id
	for _, w := range wants {
		id, err := m.find(w, byID, idOfName, present(byIdentity[m.Sought(w)], w))
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", m.Kind.System, schema.Key{Kind: m.Kind.Name, Name: w.Name}, err)
		}
		if other, twice := taken[id]; twice {
			return nil, fmt.Errorf("%s: %s: %s is %s already; say with id: which is meant", m.Kind.System,
				schema.Key{Kind: m.Kind.Name, Name: w.Name}, id, schema.Key{Kind: m.Kind.Name, Name: other})
		}
		if id != "" {
			taken[id] = w.Name
		}
		named[w.Name] += 2 // no other object may go by it
	}
	duplicateOf := map[string]string{}
	for _, w := range wants {
		for _, id := range byIdentity[m.Sought(w)] {
			duplicateOf[id] = w.Name
		}
	}
	live := make([]sync.WireObject, len(all))
	for i, o := range all {
		id := o.Text(m.ID)
		live[i] = sync.WireObject{Name: taken[id], ID: id, Wire: o, Made: Time(o[m.Made])}
		if live[i].Name != "" {
			continue
		}
		live[i].DuplicateOf = duplicateOf[id]
		if live[i].Name = m.Name(o); !m.Kind.Nameable(live[i].Name) || named[live[i].Name] > 1 {
			live[i].Name = m.nameByID(id)
		}
	}
	return live, nil
}

// nameByID is the name of an object that goes by its id: the id, or what of it a
// name in a manifest can have.
func (m Matcher) nameByID(id string) string {
	if m.Kind.Nameable(id) {
		return id
	}
	return "id-" + strings.Map(func(r rune) rune {
		if r < 0x80 && m.Kind.Nameable("id-"+string(r)) {
			return r
		}
		return '-'
	}, id)
}

// present are ids less those of what a wanted object took the place of.
func present(ids []string, w sync.Want) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(w.Former, id) })
}

// find returns the id of the wanted object, or "".
func (m Matcher) find(w sync.Want, byID map[string]schema.Object, idOfName map[string]string, found []string) (string, error) {
	if w.Pin != "" {
		if _, ok := byID[w.Pin]; !ok {
			return "", fmt.Errorf("live has no %s, which id: pins; correct it, or take id: away", w.Pin)
		}
		return w.Pin, nil
	}
	switch {
	case slices.Contains(found, w.ID), w.Remembered && byID[w.ID] != nil:
		return w.ID, nil
	case byID[w.ID] != nil && len(found) > 0:
		return "", fmt.Errorf("live has %s, which it was when last applied, and %s, which has its name; say with id: which is meant", w.ID, strings.Join(found, " and "))
	case byID[w.ID] != nil:
		return w.ID, nil
	case idOfName[w.Name] != "":
		return idOfName[w.Name], nil // as an export calls those that have no name of their own
	case len(found) > 1 && w.Lost:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("live has %d that it may be: %s; say with id: which is meant", len(found), strings.Join(found, " and "))
	case len(found) == 1:
		return found[0], nil
	}
	return "", nil
}
