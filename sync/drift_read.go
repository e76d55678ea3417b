package sync

import (
	"context"
	"errors"
	"strings"
	stdsync "sync"

	"authsync/schema"
)

// ReadDrift reads what [Drift] compares: every object in the lock, including kinds
// that the manifest no longer has, and whatever else a list of these kinds shows.
func ReadDrift(ctx context.Context, site *Site, o Options) *Reading {
	r := &Reading{Live: map[string]map[string]LiveObject{}, Unreadable: map[string]error{}, failed: map[string]struct{}{}, left: map[string]struct{}{}}
	if !site.Lock.Present() {
		return r
	}
	objects, errs := make([]map[string]LiveObject, len(schema.Kinds)), make([]error, len(schema.Kinds))
	var wait stdsync.WaitGroup
	for i, k := range schema.Kinds {
		c, known := site.Env.Collections[k.Name], len(site.Lock.Keys(k.Name)) > 0
		switch {
		case c == nil && !known || !o.selectsKind(k.Name):
			continue
		case c == nil:
			c = &schema.Collection{Kind: k}
		}
		if site.Services[k.Name] == nil || k.Arity == schema.Groups && len(c.Groups) == 0 {
			errs[i] = &Unreadable{Why: "the manifest does not have what it takes any more, systems." + k.System + " or " + k.Collection}
			continue
		}
		wait.Go(func() {
			q := Query{Wants: site.appliedWants(c, o), Groups: o.groups(c)}
			site.believe(k, o, q.Wants, site.knownToDrift)
			objects[i], errs[i] = readKind(ctx, site, k, q)
		})
	}
	wait.Wait()
	for i, k := range schema.Kinds {
		switch err := errs[i]; {
		case errors.Is(err, ErrUnreadable):
			r.Unreadable[k.Name] = err
		case err != nil:
			r.Errors = append(r.Errors, err)
			r.failed[k.System] = struct{}{}
		case objects[i] != nil:
			r.Live[k.Name] = objects[i]
		}
	}
	return r
}

// appliedWants are the objects of a kind in the lock, and those that the manifest also
// names, so that these keep their names.
func (s *Site) appliedWants(c *schema.Collection, o Options) []Want {
	var wants []Want
	for _, key := range s.Lock.Keys(c.Kind.Name) {
		if o.Selects(key) && s.placed(c.Kind, key) {
			wants = append(wants, s.appliedWant(c, key))
		}
	}
	for _, d := range c.Objects {
		if _, applied := s.Lock.Entry(d.Key); !applied && o.Selects(d.Key) {
			wants = append(wants, s.want(c, d))
		}
	}
	return wants
}

func (s *Site) appliedWant(c *schema.Collection, key schema.Key) Want {
	entry, _ := s.Lock.Entry(key)
	return s.identified(c.Kind, Want{Name: key.Name, Fields: entry.ClearFields(c.Kind), Remembered: true})
}

// placed reports whether the manifest still has the group of an object. Without the
// group's settings the object cannot be read.
func (s *Site) placed(k *schema.Kind, key schema.Key) bool {
	if k.Arity != schema.Groups {
		return true
	}
	c := s.Env.Collections[k.Name]
	group, _, _ := strings.Cut(key.Name, "/")
	return c != nil && c.Groups[group] != nil
}
