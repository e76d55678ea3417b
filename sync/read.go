package sync

import (
	"context"
	"errors"
	"fmt"
	stdsync "sync"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/sync/lock"
)

// Reading is what was read of one environment.
type Reading struct {
	// Live holds the objects by kind and name.
	Live map[string]map[string]LiveObject
	// Errors are the failed reads, in the order of the kinds.
	Errors []error
	// Problems are what services found wrong with declared objects.
	Problems map[schema.Key][]schema.Problem
	// Unreadable says, by kind, why live can never be read: the system has no way to
	// read it. Live then holds what was last applied.
	Unreadable map[string]error
	// Unread are the kinds whose read failed.
	Unread []string
	// Dropped says why live was not read, for kinds that the manifest no longer has.
	Dropped map[string]string
	failed  map[string]struct{} // systems
	left    map[string]struct{} // kinds
}

// Leave removes a kind from the reading, so that a plan says nothing about it.
func (r *Reading) Leave(kind string) {
	delete(r.Live, kind)
	r.left[kind] = struct{}{}
}

// skips reports whether a kind was left out or not read.
func (r *Reading) skips(k *schema.Kind) bool {
	_, left := r.left[k.Name]
	return left || r.Failed(k.System)
}

// LiveObject is a live object in the manifest's form.
type LiveObject struct {
	ID          string
	Fields      schema.Object
	Presence    Presence
	Bound       []string
	DuplicateOf string    // see [WireObject]
	Made        time.Time // see [WireObject]
	sighting
}

// Failed reports whether a read of the system failed. Nothing is written to such a
// system, since what is live there is unknown.
func (r *Reading) Failed(system string) bool {
	_, failed := r.failed[system]
	return failed
}

// Read reads every kind that the manifest names and the options select. All reads
// start at once; the transport limits how many run.
func Read(ctx context.Context, site *Site, o Options) *Reading {
	ctx, stop := site.within(holding(ctx))
	defer stop()
	answers := make([]answer, len(schema.Kinds))
	var wait stdsync.WaitGroup
	for i, k := range schema.Kinds {
		if site.concerns(k) && o.selectsKind(k.Name) && (site.states(k) || site.Services[k.Name] != nil) {
			wait.Go(func() { answers[i] = readAnswer(ctx, site, k, o) })
		}
	}
	wait.Wait()
	r := &Reading{Live: map[string]map[string]LiveObject{}, Problems: map[schema.Key][]schema.Problem{}, Unreadable: map[string]error{}, Dropped: map[string]string{}, failed: map[string]struct{}{}, left: map[string]struct{}{}}
	for i, k := range schema.Kinds {
		if site.concerns(k) && o.selectsKind(k.Name) {
			r.add(site, k, answers[i])
		}
	}
	return r
}

// answer is the result of reading one kind.
type answer struct {
	objects  map[string]LiveObject
	problems map[string][]schema.Problem
	err      error
}

func readAnswer(ctx context.Context, site *Site, k *schema.Kind, o Options) (a answer) {
	c := site.collection(k.Name)
	q := Query{Wants: site.wants(c, o.Selects), Others: o.others(), Groups: o.groups(c)}
	site.believe(k, o, q.Wants, site.knownToPlan)
	for _, key := range site.strays(c) {
		if !o.Selects(key) {
			continue
		}
		e, _ := site.Lock.Entry(key)
		q.Others = max(q.Others, o.ofStrays())
		q.Strays = append(q.Strays, Want{Name: key.Name, ID: e.ID})
	}
	if o.Gone == DoubtGone {
		site.remember(k, q.Wants)
	}
	a.objects, a.err = readKind(ctx, site, k, q)
	site.followIDs(c, a.objects)
	if a.err == nil || errors.Is(a.err, ErrUnreadable) {
		var err error
		if a.problems, err = problems(ctx, site.Services[k.Name], site.unproved(k, q.Wants, a.objects), a.objects); err != nil {
			a.err = err
		}
	}
	return a
}

func (r *Reading) add(site *Site, k *schema.Kind, a answer) {
	for name, found := range a.problems {
		r.Problems[schema.Key{Kind: k.Name, Name: name}] = found
	}
	switch {
	case !site.states(k) && a.objects == nil:
		r.Dropped[k.Name] = site.whyNotRead(k, a.err)
	case errors.Is(a.err, ErrUnreadable):
		r.Unreadable[k.Name] = a.err
		r.Live[k.Name] = site.lastAppliedObjects(site.collection(k.Name))
	case a.err != nil:
		r.Errors = append(r.Errors, a.err)
		r.Unread = append(r.Unread, k.Name)
		r.failed[k.System] = struct{}{}
	case a.objects != nil:
		r.Live[k.Name] = a.objects
	}
}

// whyNotRead says why a kind was not read that the manifest no longer has.
func (s *Site) whyNotRead(k *schema.Kind, err error) string {
	switch {
	case err != nil:
		return err.Error()
	case s.Env.Has(k.System):
		return "the manifest no longer has " + k.Collection
	}
	return "the manifest no longer has systems." + k.System
}

// states reports whether the manifest has a place for objects of a kind.
func (s *Site) states(k *schema.Kind) bool { return s.Env.Collections[k.Name] != nil }

// concerns reports whether a plan has to look at a kind: the manifest has it, or had
// it at the last apply.
func (s *Site) concerns(k *schema.Kind) bool {
	return s.states(k) || len(s.Lock.Keys(k.Name)) > 0
}

// collection returns the manifest's collection of a kind, an empty one if there is
// none.
func (s *Site) collection(kind string) *schema.Collection {
	if c := s.Env.Collections[kind]; c != nil {
		return c
	}
	return &schema.Collection{Kind: schema.KindNamed(kind)}
}

// wants returns the selected objects of a collection, with the id that the manifest
// pins or the lock records.
func (s *Site) wants(c *schema.Collection, selects func(schema.Key) bool) []Want {
	var wants []Want
	for _, d := range c.Objects {
		if selects(d.Key) {
			wants = append(wants, s.want(c, d))
		}
	}
	return wants
}

// remember adds to each want what was last applied.
func (s *Site) remember(k *schema.Kind, wants []Want) {
	for i := range wants {
		wants[i].Applied, _ = s.Lock.Entry(schema.Key{Kind: k.Name, Name: wants[i].Name})
	}
}

func (s *Site) want(c *schema.Collection, d *schema.Declared) Want {
	return s.identified(c.Kind, Want{Name: d.Key.Name, Pin: d.Meta.Text("id"), Fields: d.Fields})
}

// identified adds to a want the id that is known of it.
func (s *Site) identified(k *schema.Kind, w Want) Want {
	if k.Update.Token == schema.TokenOnce {
		s.follow(k.Name, &w)
	}
	if w.ID == "" {
		e, _ := s.Lock.Entry(schema.Key{Kind: k.Name, Name: w.Name})
		w.ID = e.ID
	}
	return w
}

// strays returns objects that were applied and that the manifest no longer names.
func (s *Site) strays(c *schema.Collection) []schema.Key {
	return list.Only(s.Lock.Keys(c.Kind.Name), func(key schema.Key) bool { return c.Object(key.Name) == nil })
}

// lastAppliedObjects returns the objects as they were last applied, for a kind that
// cannot be read.
func (s *Site) lastAppliedObjects(c *schema.Collection) map[string]LiveObject {
	objects := map[string]LiveObject{}
	for _, d := range c.Objects {
		if m := s.Lock.LastApplied(d.Key); m.History() == diff.WasApplied {
			fields := c.Kind.MarkHidden(m.FromLock(d.Fields))
			m.Entry.Reveal(c.Kind, fields)
			objects[d.Key.Name] = LiveObject{ID: m.Entry.ID, Fields: fields, Presence: Permanent}
		}
	}
	return objects
}

func readKind(ctx context.Context, site *Site, k *schema.Kind, q Query) (map[string]LiveObject, error) {
	if k.Update.Seen == schema.InVault {
		return site.inVault(ctx, k)
	}
	live, err := readLive(ctx, site, k, q)
	if err != nil {
		return nil, err
	}
	return objectsOf(site, k, live)
}

func readLive(ctx context.Context, site *Site, k *schema.Kind, q Query) ([]WireObject, error) {
	if site.Admit != nil {
		if err := site.Admit(ctx); err != nil {
			return nil, err
		}
	}
	return site.Services[k.Name].Read(withSubject(ctx, q.asked(k)), q)
}

// objectsOf converts a service's answer to the manifest's form.
func objectsOf(site *Site, k *schema.Kind, live []WireObject) (map[string]LiveObject, error) {
	objects := make(map[string]LiveObject, len(live))
	shown := site.shown(k, live)
	for _, l := range live {
		key := schema.Key{Kind: k.Name, Name: l.Name}
		fields, err := l.Known, error(nil)
		if fields == nil {
			fields, err = site.fromWire(k, l.Name, l.ID, l.Wire, shown)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: the service's answer: %w", k.System, key, err)
		}
		if _, twice := objects[l.Name]; twice {
			return nil, fmt.Errorf("%s: %s: live has two of this name", k.System, key)
		}
		objects[l.Name] = LiveObject{ID: l.ID, Fields: fields, Presence: l.Presence, Bound: l.Bound, DuplicateOf: l.DuplicateOf, Made: l.Made, sighting: site.sighted(k, l)}
	}
	return objects, nil
}

// entryOf returns what the lock records of the object with an id.
func (s *Site) entryOf(key schema.Key, id string) (entry lock.Entry, recorded bool) {
	entry, recorded = s.Lock.Entry(key)
	if entry.ID != "" && id != "" && entry.ID != id {
		return lock.Entry{}, false
	}
	return entry, recorded
}

// fromWire converts one object of an answer to the manifest's form. Shown is what is
// known of how secrets are shown.
func (s *Site) fromWire(k *schema.Kind, name, id string, wire schema.Object, shown quirk.Set) (schema.Object, error) {
	fields, err := k.FromWire(wire)
	if err != nil {
		return nil, err
	}
	return s.known(k, name, id, k.Unhide(fields, wire, shown)), nil
}

// known completes a live object with what is known under its name: the lock's values
// for fields that the service never shows, and the secrets and fields that git or the
// lock name, which are then no longer unmodelled. An entry of the lock with another id
// is not used.
func (s *Site) known(k *schema.Kind, name, id string, live schema.Object) schema.Object {
	entry, _ := s.entryOf(schema.Key{Kind: k.Name, Name: name}, id)
	entry.Reveal(k, live)
	declared := s.declared(k, name)
	named := entry.Named(k, func(at schema.Path) bool { return stated(declared, at) })
	return s.Env.MarkSecrets(k, name, live, schema.Overlay(named, declared))
}
