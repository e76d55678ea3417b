package planfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/lock"
)

// Names returns the environments of the plan.
func (s *SavedPlan) Names() []string {
	return list.Each(s.plan.Saved.Environments, func(f jsonFoundation) string { return f.Name })
}

// Since says why the plan has only some environments; nil = it has all.
func (s *SavedPlan) Since() *sync.Since {
	return s.plan.ChangedSince
}

// Knew returns the secrets of an environment that could not be opened when the plan
// was made; see [secrets.Keyring.Narrow].
func (s *SavedPlan) Knew(env string) map[string]struct{} {
	closed := map[string]struct{}{}
	for _, place := range s.foundation(env).Unopened {
		closed[place] = struct{}{}
	}
	return closed
}

func (s *SavedPlan) foundation(env string) jsonFoundation {
	return list.First(s.plan.Saved.Environments, func(f jsonFoundation) bool { return f.Name == env })
}

// Bound checks that an environment is the planned one and its manifest has the same
// bytes.
func (s *SavedPlan) Bound(env *schema.Outline) error {
	f := s.foundation(env.Name)
	for system, is := range env.Remotes {
		if was := f.Systems[system]; was != is {
			return stale("%s: the %s environment was %s, is %s", env.Name, system, was, is)
		}
	}
	if !slices.Equal(f.Recipients, env.Recipients) {
		return stale("%s: its recipients have changed", env.Name)
	}
	was := map[string]string{}
	for _, source := range f.Manifest {
		was[source.Path] = source.SHA256
	}
	for _, source := range env.Sources {
		switch digest, known := was[source.Path]; {
		case !known:
			return stale("%s: %s belongs to it now, and did not", env.Name, source.Path)
		case digest != source.SHA256:
			return stale("%s: %s has changed", env.Name, source.Path)
		}
	}
	if len(env.Sources) != len(f.Manifest) {
		return stale("%s: it extends other files than it did", env.Name)
	}
	return nil
}

// Ordered checks that the rollout is still the one of the plan.
func (s *SavedPlan) Ordered(is *schema.Rollout) error {
	switch was := s.plan.Rollout; {
	case was == nil && is != nil:
		return stale("%s orders the run now, and nothing did", is.File)
	case was != nil && is == nil:
		return stale("%s ordered the run, and nothing does now", was.File)
	case was != nil && was.SHA256 != is.SHA256:
		return stale("%s has changed", is.File)
	}
	return nil
}

// Placed checks that the services of a site are those of the plan, before anything is
// read.
func (s *SavedPlan) Placed(site *sync.Site) error {
	if why := site.Places.Other(s.foundation(site.Env.Name).Places); why != "" {
		return stale("%s: it is no plan for this service: %s", site.Env.Name, why)
	}
	return nil
}

// Options returns the options that the plan was made with, including its time.
func (s *SavedPlan) Options() sync.Options {
	o := s.Request.Options
	o.Now = s.Made
	return o
}

// Revive makes the plan of an environment again with the plan's options, and returns
// it if it is the same and nothing that it rests on has moved. Other changes do not
// matter. The gates are those of the saved plan, of which more may be allowed. The
// site must know only the secrets that were known then; see [SavedPlan.Knew]. Keys
// opens everything.
func (s *SavedPlan) Revive(site *sync.Site, keys sync.Keys, read *sync.Reading, allow []string) (*sync.EnvironmentPlan, []error) {
	name := site.Env.Name
	o := s.Options()
	whole := sync.Build(site, read, o)
	saved := s.environment(name)
	o.Targets = nil
	for _, c := range saved.Changes {
		o.Targets = append(o.Targets, c.Key)
	}
	plan := whole.Idle()
	if len(o.Targets) > 0 {
		key, err := openFactKey(name, keys, s.foundation(name).Key)
		if err != nil {
			return nil, []error{fmt.Errorf("%s: the key of the plan, with which it knows the secrets that it rests on: %w", name, err)}
		}
		plan = sync.Build(site, read, o)
		if errs := s.checkMoved(site, plan, o.Targets, key); len(errs) > 0 {
			return nil, errs
		}
		if key.blind() && s.foundation(name).digests() {
			whole.Notes = append(whole.Notes, sync.Note{Code: sync.NoteUnproved, Text: "whether the secrets that the plan rests on have moved since was not looked at: that takes an identity"})
		}
		plan.TakeGates(gates(saved.Gates, saved.Name, allow))
	}
	plan.Errors = nil
	plan.Surround(whole)
	return plan, nil
}

// checkMoved returns how the facts under a plan, or the plan itself, have changed.
func (s *SavedPlan) checkMoved(site *sync.Site, plan *sync.EnvironmentPlan, targets []schema.Key, key factKey) []error {
	name := plan.Name
	for _, target := range targets {
		if plan.Reading().Failed(schema.KindNamed(target.Kind).System) {
			return plan.Errors
		}
	}
	var moved []error
	steps := stepsByObject(plan)
	for _, was := range s.foundation(name).Live {
		for _, text := range was.moves(fact(plan, site, key, was.Key, steps[was.Key])) {
			moved = append(moved, stale("%s: %s: %s", name, was.Key, text))
		}
	}
	if len(moved) > 0 {
		return moved
	}
	if other := differing(s.environment(name), environmentJSON(plan)); other != "" {
		return []error{stale("%s: %s", name, other)}
	}
	return nil
}

// digests reports whether any fact is a digest.
func (f jsonFoundation) digests() bool {
	for _, fact := range f.Live {
		for _, text := range fact.Fields {
			if lock.IsMAC(text) {
				return true
			}
		}
	}
	return false
}

func (s *SavedPlan) environment(name string) jsonEnvironment {
	return list.First(s.plan.Environments, func(e jsonEnvironment) bool { return e.Name == name })
}

// differing returns in what two plans of an environment differ: their changes and
// their calls.
func differing(was, is jsonEnvironment) string {
	for i := range max(len(was.Changes), len(is.Changes)) {
		switch {
		case i >= len(was.Changes):
			return "the plan made now also changes " + is.Changes[i].Key.String()
		case i >= len(is.Changes):
			return "the plan made now does not change " + was.Changes[i].Key.String()
		case !sameJSON(unattributed(was.Changes[i]), unattributed(is.Changes[i])):
			return "the plan made now changes " + was.Changes[i].Key.String() + " otherwise; the lock or the vault may have changed"
		}
	}
	if !sameJSON(was.Steps, is.Steps) {
		return "the plan made now takes other calls; the lock or the vault may have changed"
	}
	if !sameJSON(was.Refusals, is.Refusals) {
		return "the plan made now is refused for other reasons: " + list.Join(is.Refusals, "; ", func(r sync.Refusal) string { return r.Key.String() + " " + r.Text })
	}
	return ""
}

// unattributed returns a change without its origin, which does not affect what is
// done.
func unattributed(c jsonChange) jsonChange {
	fields := slices.Clone(c.Fields)
	for i := range fields {
		fields[i].Origin, fields[i].Applied = diff.OriginUnknown, nil
	}
	c.Fields = fields
	return c
}

func sameJSON[T any](a, b T) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// gates are the gates of a saved plan, of which more may be allowed.
func gates(saved []sync.Gate, environment string, allow []string) []sync.Gate {
	return list.Each(saved, func(g sync.Gate) sync.Gate {
		g.Allowed = g.Allowed || sync.Allows(allow, g.Allow, environment)
		return g
	})
}
