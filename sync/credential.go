package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
)

// credentials adds to the body of an update what the manifest has of credentials
// in which something differs; see [schema.Credential]. What live has of one is
// never sent: it may be a mask, and would make another of what is there.
func (b *builder) credentials(k *schema.Kind, d *schema.Declared, live, body schema.Object, differing []diff.Field) {
	origins := map[string]diff.Origin{}
	for _, f := range differing {
		origins[f.Path.String()] = f.Origin
	}
	for _, placed := range k.Credentials(body) {
		c := credential{PlacedCredential: placed, key: d.Key, desired: inside(d.Fields, placed.Path), live: inside(live, placed.Path), origins: origins}
		group, refusal := c.sent()
		if refusal != nil {
			b.refuse(*refusal)
			continue
		}
		for name, v := range group {
			body.SetAt(placed.Path.Then(name), v)
		}
		if text := c.told(group); text != "" {
			b.note(Note{Key: d.Key, Code: NoteCredential, Fields: []schema.Path{placed.Path.Then(c.Name)}, Text: text})
		}
	}
}

// inside is the object at a path, empty where there is none.
func inside(o schema.Object, at schema.Path) schema.Object {
	inner, _ := o.At(at...).(schema.Object)
	return inner
}

// credential is one credential of an object that is updated, as both sides have it.
type credential struct {
	schema.PlacedCredential
	key           schema.Key
	desired, live schema.Object
	origins       map[string]diff.Origin // of what differs, by path
}

// moved reports whether a field differs, and whether the other side alone has
// moved it: what was applied from here still stands then, under its name.
func (c credential) moved(name string) (differs, byLive bool) {
	origin, differs := c.origins[c.Path.Then(name).String()]
	return differs, origin == diff.OriginLive
}

// differs reports whether the credential differs at all, and whether the manifest
// asks for something of it that was not applied.
func (c credential) differs() (differs, asked bool) {
	for _, name := range append(c.Group(), c.By) {
		moved, byLive := c.moved(name)
		differs = differs || moved
		asked = asked || moved && !byLive
	}
	return differs, asked
}

// sent are the fields that an update sends of the credential, or why it cannot.
func (c credential) sent() (schema.Object, *Refusal) {
	by := c.desired[c.By]
	if by == nil {
		by = c.live[c.By]
	}
	differs, asked := c.differs()
	if !differs || c.Needless(by) {
		return nil, nil
	}
	named := !schema.IsUnset(c.desired[c.Name])
	gives := slices.ContainsFunc(c.Parts, func(part string) bool { return !schema.IsUnset(c.desired[part]) })
	switch {
	case named && !(gives && asked):
		return schema.Object{c.Name: c.desired[c.Name]}, nil
	case gives:
		return c.whole()
	case c.desired[c.Name] != nil:
		return nil, c.refuse(c.Name, "%s can be cleared only together with a new %s: without both the service keeps the key that it uses", c.Name, c.spelledParts())
	}
	return nil, nil
}

// whole is the secret with its name, if it has one. What the manifest leaves out
// of it has to be shown.
func (c credential) whole() (schema.Object, *Refusal) {
	group := schema.Object{}
	for _, part := range c.Parts {
		v := c.desired[part]
		if v == nil {
			v = c.live[part]
		}
		if schema.IsUnset(v) || schema.Hides(v) {
			return nil, c.refuse(part, "a new key takes %s, and live does not show %s; add it to the manifest", c.spelledParts(), part)
		}
		group[part] = v
	}
	name := c.desired[c.Name]
	if schema.IsUnset(name) {
		return group, nil
	}
	if by, _ := c.moved(c.By); !by && schema.Same(name, c.live[c.Name]) {
		return nil, c.refuse(c.Name, "a new %s would make a key of the id %s, and there is one; give another %s, or none, which overwrites the platform's own key", c.spelledParts(), schema.Display(name), c.Name)
	}
	group[c.Name] = name
	return group, nil
}

func (c credential) spelledParts() string {
	return join(list.Each(c.Parts, func(part string) schema.Path { return schema.Path{part} }))
}

func (c credential) refuse(name, format string, args ...any) *Refusal {
	return &Refusal{Key: c.key, Fields: []schema.Path{c.Path.Then(name)}, Text: c.Path.Then(name).Spelled() + ": " + fmt.Sprintf(format, args...)}
}

// told says what the service makes of what it is sent.
func (c credential) told(group schema.Object) string {
	name, named := group[c.Name]
	by, _ := c.moved(c.By)
	switch {
	case len(group) == 0 && by && !c.Needless(c.desired[c.By]):
		return "no key is sent: the service uses one that it has from before, and refuses if it has none"
	case len(group) == 0:
		return ""
	case named && len(group) > 1:
		return fmt.Sprintf("a new key is made, of the id %s; if the service has one of that id, it refuses: leave the key out to use that", schema.Display(name))
	case named:
		return fmt.Sprintf("the key of the id %s is used as it is", schema.Display(name))
	}
	return "the platform's own key is overwritten"
}

// keptByName reports whether a path is that of a secret which cannot be written
// again: a key of its name is there, and would be an error.
func keptByName(k *schema.Kind, desired, live schema.Object, at schema.Path) bool {
	for _, c := range k.Credentials(desired) {
		name := inside(desired, c.Path)[c.Name]
		if k.OfCredential(at) && at[:len(at)-1].String() == c.Path.String() && !schema.IsUnset(name) && schema.Same(name, inside(live, c.Path)[c.Name]) {
			return true
		}
	}
	return false
}

// unnamed adds to what a step has written that no credential of a name is in use
// any more, where it sent a secret without one, or went over to what needs none.
func unnamed(k *schema.Kind, s Step, written schema.Object) schema.Object {
	for _, c := range k.Credentials(s.sends) {
		sent, at := inside(s.sends, c.Path), c.Path.Then(c.Name)
		if (sent[c.Parts[0]] != nil || c.Needless(sent[c.By])) && sent[c.Name] == nil {
			written.SetAt(at, schema.Null{})
		}
	}
	return written
}

// displaced are the paths of the secrets that a step has put out of use: it went over
// to a credential by its name alone, or to what needs none. What live has there now,
// nobody has stated, unless the manifest does.
func displaced(k *schema.Kind, s Step, desired schema.Object) []schema.Path {
	var paths []schema.Path
	for _, c := range k.Credentials(s.sends) {
		sent := inside(s.sends, c.Path)
		if sent[c.Parts[0]] != nil || schema.IsUnset(sent[c.Name]) && !c.Needless(sent[c.By]) {
			continue
		}
		for _, part := range c.Parts {
			if at := c.Path.Then(part); desired.At(at...) == nil {
				paths = append(paths, at)
			}
		}
	}
	return paths
}

// usableAgain reports whether the credential that an object had can be used again by
// what is known of it at a path: by its name alone, or with all of its parts.
func usableAgain(k *schema.Kind, old schema.Object, at schema.Path) bool {
	if schema.IsUnset(old.At(at...)) {
		return false
	}
	around := at[:len(at)-1]
	for _, c := range k.Credentials(old) {
		for _, part := range c.Parts {
			v := inside(old, around)[part]
			if c.Path.String() == around.String() && at[len(at)-1] != c.Name && (schema.IsUnset(v) || schema.Hides(v)) {
				return false
			}
		}
	}
	return true
}
