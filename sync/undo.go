package sync

import (
	"context"
	"fmt"
	"slices"
	"sort"

	"authsync/diff"
	"authsync/schema"
)

// Undoing is the way back from a run: the environment to restore, and what cannot be
// restored.
//
//	the run           the way back
//	created X         X is deleted, if the service can delete
//	changed fields    they get their old values
//	deleted X         X is created again, with what live showed of it
//	replaced X        nothing, if X had a token; else it is replaced back
type Undoing struct {
	// Env is the manifest's environment with only the objects to restore.
	Env *schema.Environment
	// Options say how it is planned.
	Options Options
	// Notes say what cannot be undone.
	Notes []Note
}

// NoteUndone: a change cannot be undone, or not from here.
const NoteUndone NoteCode = "cannot-be-undone"

// Undo returns the way back from a snapshot. It is then planned like any other change,
// from what is live now.
func Undo(site *Site, s *Snapshot) *Undoing {
	env := *site.Env
	env.Collections = map[string]*schema.Collection{}
	u := &Undoing{Env: &env, Options: Options{Unmanaged: DeleteUnmanaged}}
	for _, b := range s.Objects {
		switch {
		case s.Touched(b.Key):
			u.object(site.Env, b)
		case b.Stood && b.Action != diff.Update:
			u.cannot(b.Key, nil, "the run never came to it: if it is gone now, somebody else has deleted it")
		}
	}
	for _, c := range env.Collections {
		sort.Slice(c.Objects, func(i, j int) bool { return c.Objects[i].Key.Name < c.Objects[j].Key.Name })
	}
	return u
}

// Plan plans the way back, at a site of the environment that Undo returned.
func (u *Undoing) Plan(ctx context.Context, site *Site) *EnvironmentPlan {
	if len(u.Options.Targets) == 0 {
		return &EnvironmentPlan{Name: u.Env.Name, Sandbox: site.Places.Sandbox(), File: u.Env.File, EnvID: u.Env.ID(), read: &Reading{}}
	}
	plan := Build(site, Read(ctx, site, u.Options), u.Options)
	// The restored environment names only what the run changed.
	plan.Removed, plan.Accepted, plan.Limits = nil, nil, Limits{}
	return plan
}

func (u *Undoing) object(manifest *schema.Environment, b Before) {
	k := schema.KindNamed(b.Key.Kind)
	was := manifest.Collections[k.Name]
	c := u.Env.Collections[k.Name]
	if c == nil {
		c = &schema.Collection{Kind: k}
		if was != nil {
			c.Groups = was.Groups
		}
		u.Env.Collections[k.Name] = c
	}
	var declared *schema.Declared
	if was != nil {
		declared = was.Object(b.Key.Name)
	}
	switch {
	case !b.Stood && k.Update.Deletion == schema.NotDeleted:
		u.cannot(b.Key, nil, "was made by the run, and the service has no call that deletes it")
	case !b.Stood && declared != nil && declared.Keep == schema.Kept:
		u.cannot(b.Key, nil, "was made by the run, and keep: true forbids to delete it")
	case !b.Stood:
		u.Options.Targets = append(u.Options.Targets, b.Key) // not named in the environment: it is deleted
		if k.Update.Token == schema.TokenOnce {
			u.cannot(b.Key, nil, "its token is lost with it; who uses it already is locked out")
		}
	case b.Action != diff.Update && k.Update.Token == schema.TokenOnce:
		u.cannot(b.Key, nil, "the old one is not brought back: a service shows a token only once")
	default:
		u.restore(c, k, manifest, declared, b)
	}
}

// restore gives an object its old fields: those that the run changed, or all of them
// if it deleted or replaced the object.
func (u *Undoing) restore(c *schema.Collection, k *schema.Kind, manifest *schema.Environment, declared *schema.Declared, b Before) {
	paths := b.Changed
	if b.Action != diff.Update {
		paths = nil
		schema.Walk(k.Settable(b.Fields), func(at schema.Path, _ schema.Value) { paths = append(paths, at) })
	}
	fields := schema.Object{}
	stuck := unclearable(k, b.Fields, paths)
	var lost, kept []schema.Path
	for _, at := range paths {
		v := schema.Unwrap(b.Fields.At(at...))
		switch {
		case schema.Hides(v), k.OfCredential(at) && !usableAgain(k, b.Fields, at):
			lost = append(lost, at)
		case schema.IsUnset(v) && (!k.Clearable(at) || slices.ContainsFunc(stuck, at.Within)):
			kept = append(kept, at)
		case schema.IsUnset(v):
			fields.SetAt(at, schema.Null{})
		default:
			fields.SetAt(at, v)
		}
	}
	if len(lost) > 0 {
		u.cannot(b.Key, lost, fmt.Sprintf("%s had another value that live hid: look it up in the history of %s", join(lost), manifest.File))
	}
	if len(kept) > 0 {
		u.cannot(b.Key, kept, fmt.Sprintf("%s had no value, and the service has no way to clear it", join(kept)))
	}
	u.secretsBeside(fields, declared, b)
	d := &schema.Declared{Key: b.Key, Fields: fields, Meta: schema.Object{}}
	if declared != nil {
		d.Pos, d.Keep = declared.Pos, declared.Keep
	}
	c.Objects = append(c.Objects, d)
	u.Options.Targets = append(u.Options.Targets, b.Key)
}

// unclearable returns the objects inside of one that had no value, and of which not
// every field can be cleared. They stay whole: a part of one was never live.
func unclearable(k *schema.Kind, before schema.Object, paths []schema.Path) []schema.Path {
	var stuck []schema.Path
	for _, at := range paths {
		for n := 1; n < len(at) && !k.Clearable(at); n++ {
			if schema.IsUnset(schema.Unwrap(before.At(at[:n]...))) {
				stuck = append(stuck, at[:n])
				break
			}
		}
	}
	return stuck
}

// secretsBeside adds the manifest's secrets to top-level fields that are sent whole
// and whose secrets live hides.
func (u *Undoing) secretsBeside(fields schema.Object, declared *schema.Declared, b Before) {
	if declared == nil {
		return
	}
	for _, at := range schema.Hidden(b.Fields) {
		if fields[at[0]] == nil || fields.At(at...) != nil || schema.KindNamed(b.Key.Kind).OfCredential(at) {
			continue // a credential is kept by who does not send it, and overwritten by who does
		}
		if v := declared.Fields.At(at...); schema.HoldsSecret(v) {
			fields.SetAt(at, v)
		}
	}
}

func (u *Undoing) cannot(key schema.Key, fields []schema.Path, text string) {
	u.Notes = append(u.Notes, Note{Key: key, Code: NoteUndone, Fields: fields, Text: "cannot be undone: " + text})
}
