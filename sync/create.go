package sync

import (
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
)

func (b *builder) create(k *schema.Kind, c *schema.Collection, d *schema.Declared, live map[string]LiveObject) {
	b.rivals(k, d, live)
	b.noteAlike(d)
	b.noteBegun(k, d.Key)
	change := diff.Change{Key: d.Key, Action: diff.Create}
	applied := b.site.Lock.LastApplied(d.Key)
	schema.Walk(d.Fields, func(at schema.Path, v schema.Value) {
		if !schema.IsUnset(v) {
			change.Fields = append(change.Fields, diff.Field{Path: at, After: v, Origin: diff.OriginOfMissing(applied, at, v)})
		}
	})
	b.change(change)
	b.lacking(k, d)
	b.madeUnseen(c, d)
	t := b.target(c, d, "")
	switch {
	case k.Permanent(d.Key.Name):
		b.send(k, OpUpdate, Give, change.Top(), t, drop(d.Fields, nil))
	case k.Update.Create == schema.ByCall:
		b.createCall(k, d, t, Give)
	default:
		b.refuse(Refusal{Key: d.Key, Text: "does not exist, and the service has no call that creates one; remove it from the manifest"})
		return
	}
	b.followUp(k, d, t, schema.Object{}, pathsOf(change.Fields), diff.Create)
}

// lacking refuses a new object that its kind's rules find incomplete: there is
// nothing live that could supply the rest.
func (b *builder) lacking(k *schema.Kind, d *schema.Declared) {
	for _, p := range k.Broken(d.Fields) {
		b.refuse(Refusal{Key: d.Key, Fields: pointed(p), Text: fmt.Sprintf("does not exist yet, and %s; add it to the manifest", p)})
	}
}

// stateID says what to do with an object that nobody can find.
const stateID = "look for it in the service's console, and say with id: which it is"

// madeUnseen refuses to make an object that may be there, and that no read shows: one
// that a call may have made whose answer was lost, or of which the manifest has the id.
func (b *builder) madeUnseen(c *schema.Collection, d *schema.Declared) {
	w := b.site.want(c, d)
	if w.Pin != "" && w.Pin != d.Key.Name {
		b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf(
			"is there, as id: says, and the service does not show %s: it is not made again; take id: away if it is gone, or take it out of the manifest", w.Pin)})
		return
	}
	blind, may := b.site.Services[d.Key.Kind].(Blind)
	if !may || !b.site.Lock.Making(d.Key) || !blind.Unseen(w) {
		return
	}
	b.refuse(Refusal{Key: d.Key, Text: fmt.Sprintf(
		"may have been made by a run that did not read the answer, and the service lists none; %s; if it is not there, take %s out of making in the lock file", stateID, d.Key)})
}

func (b *builder) target(c *schema.Collection, d *schema.Declared, id string) Target {
	return Target{Name: d.Key.Name, ID: id, Group: c.Group(d.Key.Name)}
}

// createCall plans the call that creates an object.
func (b *builder) createCall(k *schema.Kind, d *schema.Declared, t Target, phase Phase) {
	for _, name := range k.Update.OnCreate {
		if schema.IsUnset(d.Fields[name]) {
			b.refuse(Refusal{Key: d.Key, Fields: []schema.Path{{name}}, Text: fmt.Sprintf(
				"does not exist yet, and creating it takes %s; add it to the manifest", name)})
		}
	}
	if k.Update.Token == schema.TokenOnce && len(b.site.Env.Recipients) == 0 {
		b.refuse(Refusal{Key: d.Key, Text: "its token is shown only once and sealed to the recipients, and the manifest has none; add recipients"})
	}
	if k.Update.Lacking.Check != nil {
		for _, p := range k.Update.Lacking.Check(d.Fields) {
			b.refuse(Refusal{Key: d.Key, Fields: pointed(p), Text: fmt.Sprintf(
				"does not exist yet, and %s; add it to the manifest", p.Text)})
		}
	}
	first := drop(d.Fields, k.Update.AfterCreate)
	b.send(k, OpCreate, phase, first.Names(), t, first)
}

// drop returns the fields that have a value and are not in names.
func drop(fields schema.Object, names []string) schema.Object {
	kept := schema.Object{}
	for name, v := range fields {
		if !slices.Contains(names, name) && !schema.IsUnset(v) {
			kept[name] = v
		}
	}
	return kept
}
