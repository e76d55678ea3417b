package service

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/sync"
)

// Matcher finds the wanted objects among live ones that have their own ids, and names
// that may not be unique. If an object that is known by its id was renamed, it is
// changed or refused; no other one is created beside it.
type Matcher struct {
	Kind *schema.Kind
	ID   string // wire name of the id
	// Identity returns all by what a live object is found, and Sought by what a wanted
	// one is; "" = by its id alone.
	Identity func(o schema.Object) []string
	Sought   func(w sync.Want) string
	// Unlike says why the object whose id is the name of a wanted one need not be
	// that one. Named are the ids of the objects that the wanted one is found by.
	// Nil = it always is.
	Unlike func(w sync.Want, o schema.Object, named []string) error
	// Name returns the name of an object that is not wanted.
	Name func(o schema.Object) string
	// Made is the wire name of an object's creation time.
	Made string
}

// Match returns every object once: the wanted ones under their names; the others under
// their own, or under their ids if the name is taken or not allowed in a manifest.
func (m Matcher) Match(all []schema.Object, wants []sync.Want) ([]sync.WireObject, error) {
	byID, byIdentity, named := map[string]schema.Object{}, map[string][]string{}, map[string]int{}
	idOfName := map[string]string{} // by the result of nameByID
	for _, o := range all {
		id := o.Text(m.ID)
		byID[id] = o
		idOfName[m.nameByID(id)] = id
		for _, identity := range m.Identity(o) {
			byIdentity[identity] = append(byIdentity[identity], id)
		}
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
		named[w.Name] += 2 // no other object may use it
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
		live[i] = sync.WireObject{Name: taken[id], ID: id, Wire: o, Made: Time(o[m.Made]), Stamp: StampOf(m.Kind, o)}
		if live[i].Name != "" {
			continue
		}
		live[i].DuplicateOf = duplicateOf[id]
		name := m.Name(o)
		other, isID := idOfName[name]
		if live[i].Name = name; !m.Kind.Nameable(name) || named[name] > 1 || isID && other != id {
			live[i].Name = m.nameByID(id)
		}
	}
	return live, nil
}

// nameByID returns the name for an object that is named by its id: the characters of
// the id that a manifest allows.
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

// present returns the ids without those of the want's predecessors.
func present(ids []string, w sync.Want) []string {
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(w.Former, id) })
}

// called is the object whose id is the name of a wanted one, as an export calls
// those that have no name of their own.
func (m Matcher) called(w sync.Want, id string, byID map[string]schema.Object, found []string) (string, error) {
	if m.Unlike == nil {
		return id, nil
	}
	return id, m.Unlike(w, byID[id], found)
}

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
		return m.called(w, idOfName[w.Name], byID, found)
	case len(found) > 1 && w.Lost:
		return found[0], nil
	case len(found) > 1:
		return "", fmt.Errorf("live has %d that it may be: %s; say with id: which is meant", len(found), strings.Join(found, " and "))
	case len(found) == 1:
		return found[0], nil
	}
	return "", nil
}
