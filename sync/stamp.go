package sync

import (
	"fmt"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/quirk"
	"authsync/sync/lock"
)

// An object whose stamp has not moved since it was read need not be read in detail:
//
//	where            what it says
//	schema.Stamp     which field of a list's item is the stamp, and what the list hides
//	the lock's entry the stamp with which the object was as the entry says, and when it
//	                 was read: the first after the last change that is believed
//	the cache        the same, of what a plan has seen; the next apply takes it over
//	Want.Known       what the list and the entry tell together, asked for each item
//
// A stamp is recorded only if the list and the entry together tell what the answer for
// the one object told. So what is known of an unmoved object is what a read would show.

// sighting is how an object was seen, for a kind with stamps.
type sighting struct {
	stamp  lock.Stamp
	wire   schema.Object // as a list has it; nil = no list was read
	detail bool          // it was read in detail
	still  bool          // its stamp is the one of the last reading
}

// sighted returns how an object was seen. One with the stamp of the last reading was
// read in detail for another reason.
func (s *Site) sighted(k *schema.Kind, l WireObject) sighting {
	if k.Stamp.Field == "" || l.Known == nil && l.Listed == nil {
		return sighting{}
	}
	key := schema.Key{Kind: k.Name, Name: l.Name}
	seen := sighting{stamp: l.Stamp, wire: l.Wire}
	if l.Listed != nil {
		seen.wire, seen.detail = l.Listed, true
	}
	if entry, recorded := s.entryOf(key, l.ID); recorded && s.believes(k) {
		_, seen.still = s.vouched(key, entry, l.Stamp)
	}
	return seen
}

// unmoved reports whether the object was not read in detail, since its stamp is the one
// of the last reading.
func (s sighting) unmoved() bool { return s.wire != nil && !s.detail }

// without says that the service changed fields and left the stamp as it was; "" = it
// did not.
func (s sighting) without(k *schema.Kind, fields []diff.Field) string {
	moved := slices.ContainsFunc(fields, func(f diff.Field) bool { return f.Origin == diff.OriginLive || f.Origin == diff.OriginBoth })
	if !s.still || !moved {
		return ""
	}
	return fmt.Sprintf("was changed without a new %s: what the service changes so is only seen with --thorough; note it in a file of kind Quirks, as %s: %s", k.Stamp.Field, k.Stamp.Quirk, quirk.AtCreation)
}

// unstamped notes an object that the service changed without a new stamp.
func (b *builder) unstamped(k *schema.Kind, key schema.Key, was LiveObject, fields []diff.Field) {
	if text := was.without(k, fields); text != "" {
		b.note(Note{Key: key, Code: NoteUnstamped, Text: text})
	}
}

// unproved returns the wanted objects that have to be checked: nothing was wrong with
// those that stand as they were applied when their stamps were recorded.
func (s *Site) unproved(k *schema.Kind, wants []Want, live map[string]LiveObject) []Want {
	return slices.DeleteFunc(slices.Clone(wants), func(w Want) bool {
		was, stands := live[w.Name]
		return stands && was.unmoved() && s.asApplied(k, schema.Key{Kind: k.Name, Name: w.Name})
	})
}

func (s *Site) believes(k *schema.Kind) bool {
	return k.Stamp.Believable(s.Known(k.System)) && !s.Lock.Apart(k.Name)
}

// vouched returns when an object was read that has its stamp still, if the lock or the
// cache knows that.
func (s *Site) vouched(key schema.Key, entry lock.Entry, now lock.Stamp) (read time.Time, still bool) {
	if entry.Vouches(now) {
		return entry.Read, true
	}
	if s.stamps == nil {
		return time.Time{}, false
	}
	seen, cached := s.stamps()[key]
	then := lock.Stamp{Text: seen.Stamp, Changed: now.Changed, Read: seen.Read}
	return seen.Read, cached && seen.Stamp == now.Text && then.Old() && seen.Content == entry.Content()
}

// knowing returns what is known of an unmoved object, or nil.
type knowing func(k *schema.Kind, key schema.Key, listed WireObject) schema.Object

// believe lets the objects of a query stay unread that have not moved.
func (s *Site) believe(k *schema.Kind, o Options, wants []Want, known knowing) {
	if o.Thorough == ReadAll || o.others() == OthersWhole || !s.believes(k) {
		return
	}
	knowBy(k, wants, known)
}

func knowBy(k *schema.Kind, wants []Want, known knowing) {
	for i := range wants {
		key := schema.Key{Kind: k.Name, Name: wants[i].Name}
		wants[i].Known = func(listed WireObject) schema.Object { return known(k, key, listed) }
	}
}

// knownToDrift returns what is known of an object that has not moved.
func (s *Site) knownToDrift(k *schema.Kind, key schema.Key, listed WireObject) schema.Object {
	entry, recorded := s.entryOf(key, listed.ID)
	if !recorded {
		return nil
	}
	if _, still := s.vouched(key, entry, listed.Stamp); !still {
		return nil
	}
	fields, told := s.fromList(k, key, entry, listed.ID, listed.Wire)
	if !told {
		return nil
	}
	return fields
}

// knownToPlan does the same for a plan, which may have to write the object: then what
// the list alone hides must be known, or not needed.
func (s *Site) knownToPlan(k *schema.Kind, key schema.Key, listed WireObject) schema.Object {
	fields := s.knownToDrift(k, key, listed)
	if fields == nil || k.Stamp.Secrets == schema.MaskedAlike && !hidesParts(fields) || s.asApplied(k, key) {
		return fields
	}
	return nil
}

// asApplied reports whether git states of an object exactly what was last applied.
func (s *Site) asApplied(k *schema.Kind, key schema.Key) bool {
	applied, desired := s.Lock.LastApplied(key), s.declared(k, key.Name)
	same := true
	schema.Walk(desired, func(at schema.Path, v schema.Value) {
		schema.Visit(v, at, func(inside schema.Path, part schema.Value) bool {
			_, secret := part.(schema.Secret)
			if same && (secret || len(inside) == len(at)) {
				same = applied.Holds(inside, part) == diff.SameAsApplied
			}
			return same
		})
	})
	for path := range applied.Entry.Fields {
		at, err := schema.ParsePath(path)
		if !same || err != nil {
			return false
		}
		if stated(desired, at) || applied.Entry.InList(at) {
			continue
		}
		was, clear := applied.Entry.Value(k, at)
		same = clear && schema.IsUnset(was)
	}
	return same
}

// vouches returns the stamp to record of a live object: with it the object is what its
// entry and a list tell. Untold are the fields that the plan did not compare.
func (s *Site) vouches(plan *EnvironmentPlan, key schema.Key, untold map[schema.Key][]schema.Path) (lock.Stamp, bool) {
	k, live := schema.KindNamed(key.Kind), plan.live[key]
	entry, recorded := s.entryOf(key, live.ID)
	if !recorded || live.wire == nil || !s.believes(k) {
		return lock.Stamp{}, false
	}
	stamp := live.stamp
	if !live.detail {
		read, still := s.vouched(key, entry, stamp)
		stamp.Read = read
		return stamp, still
	}
	if !stamp.Old() || k.Stamp.Secrets == schema.Blanked && (!s.asApplied(k, key) || len(untold[key]) > 0 || plan.doubted(key)) {
		return stamp, false
	}
	told, tells := s.fromList(k, key, entry, live.ID, live.wire)
	return stamp, tells && tellsOf(told, live.Fields)
}

// doubted reports whether a secret of an object was compared only with what was applied,
// or something is wrong with it.
func (p *EnvironmentPlan) doubted(key schema.Key) bool {
	return p.recalled[key] || len(p.read.Problems[key]) > 0
}

// stampsOf returns the stamps of the objects that a plan found as wanted.
func (s *Site) stampsOf(plan *EnvironmentPlan) map[schema.Key]lock.Stamp {
	all := map[schema.Key]lock.Stamp{}
	untold := plan.untold()
	for _, key := range plan.same {
		if stamp, vouches := s.vouches(plan, key, untold); vouches {
			all[key] = stamp
		}
	}
	return all
}
