package sync

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/secrets"
	"authsync/sync/lock"
)

// Adopt records in the lock the objects that a plan found as wanted, though no call
// wrote them: after an export, or after the same change on both sides. From then on a
// plan can tell which side has moved.
func Adopt(site *Site, plan *EnvironmentPlan) error {
	if len(plan.Errors) == 0 {
		site.Lock.TrustRecipients(plan.Seals.Unknown)
	}
	return adopt(site, plan, nil)
}

// adopt also records the unmanaged objects: those that the manifest does not name, and
// those that the run should have deleted and did not. It completes what a run that
// ended early could not record.
func adopt(site *Site, plan *EnvironmentPlan, undeleted []schema.Key) error {
	var found []lock.Found
	untold := plan.untold()
	for _, key := range plan.same {
		d := site.Env.Collections[key.Kind].Object(key.Name)
		found = append(found, lock.Found{Key: key, ID: plan.live[key].ID, Fields: d.Fields, Opened: plan.opened[key], Untold: untold[key]})
	}
	unmanaged := slices.Concat(undeleted, plan.Unmanaged, site.unapplied(plan, found))
	return errors.Join(
		site.forget(plan),
		site.forgetFields(plan),
		site.Lock.Adopt(found, plan.whole, unmanaged, plan.listed(), time.Now()),
		site.Lock.Stamps(site.stampsOf(plan)),
		site.takeTokens(plan),
	)
}

// unapplied lists live objects that the manifest names and that no run has applied,
// because a step failed or was refused.
func (s *Site) unapplied(plan *EnvironmentPlan, found []lock.Found) []schema.Key {
	same := list.Set(found, func(f lock.Found) schema.Key { return f.Key })
	var keys []schema.Key
	for key, o := range plan.live {
		_, applied := s.Lock.Entry(key)
		if !applied && !same[key] && o.Presence != Phantom && s.collection(key.Kind).Object(key.Name) != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// listed returns the kinds of which the read showed every live object.
func (p *EnvironmentPlan) listed() []string {
	var kinds []string
	for kind := range p.whole {
		if listed(schema.KindNamed(kind)) && p.read.Unreadable[kind] == nil && p.read.Live[kind] != nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// listed reports whether a read of a kind's wanted objects also shows all others; see
// [OthersPassing].
func listed(k *schema.Kind) bool {
	return k.Update.Deletion == schema.DeletedByCall && k.Arity != schema.Groups
}

// forgetFields removes from the lock the fields that are neither stated nor live. A run
// that believes that things are gone did not look for what was applied.
func (s *Site) forgetFields(plan *EnvironmentPlan) error {
	if plan.options.Gone == BelieveGone {
		return nil
	}
	var errs []error
	for key, o := range plan.live {
		d := s.collection(key.Kind).Object(key.Name)
		if d == nil || plan.read.Unreadable[key.Kind] != nil {
			continue
		}
		errs = append(errs, s.Lock.ForgetFields(key, s.vanishedFields(schema.KindNamed(key.Kind), d, o.Fields)))
	}
	return errors.Join(errs...)
}

// forget removes from the lock and the vault the objects that are neither named nor
// live.
func (s *Site) forget(plan *EnvironmentPlan) error {
	for kind := range plan.whole {
		c, live := s.collection(kind), plan.read.Live[kind]
		if live == nil || plan.read.Unreadable[kind] != nil {
			continue
		}
		byID := make(map[string]LiveObject, len(live))
		for _, o := range live {
			byID[o.ID] = o
		}
		var gone []schema.Key
		for _, key := range s.strays(c) {
			o, stands := live[key.Name]
			if entry, _ := s.Lock.Entry(key); !stands { // the name was git's own, or is the id
				o, stands = byID[cmp.Or(entry.ID, key.Name)]
			}
			if !stands || o.Presence == Builtin {
				gone = append(gone, key)
			}
		}
		if err := s.Lock.Forget(gone...); err != nil {
			return err
		}
		if c.Kind.Update.Token != schema.TokenOnce {
			continue
		}
		if err := s.forgetTokens(c, idsOf(live)); err != nil {
			return err
		}
	}
	return nil
}

// forgetTokens removes from the vault the tokens of objects that are no longer live:
// of objects that are not named, and of former objects of any name.
func (s *Site) forgetTokens(c *schema.Collection, live map[string]struct{}) error {
	if s.Vault.Moved(c.Kind.Name) {
		return nil
	}
	for _, key := range s.Vault.Keys() {
		if key.Kind != c.Kind.Name {
			continue
		}
		if c.Kind.Update.Seen == schema.InVault {
			return s.Vault.EndFormer(c.Kind.Name, time.Now())
		}
		t, _ := s.Vault.Entry(key)
		for _, id := range t.IDs() {
			if _, stands := live[id]; stands || id == t.ID && c.Object(key.Name) != nil {
				continue
			}
			if err := s.Vault.Drop(key.Kind, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeTokens stores tokens that the service shows in full in the vault.
func (s *Site) takeTokens(plan *EnvironmentPlan) error {
	for _, key := range plan.same {
		live := plan.live[key]
		token, shown := s.untaken(key, live)
		if !shown || len(s.Env.Recipients) == 0 {
			continue
		}
		recipients, err := secrets.ParseRecipients(s.Env.Recipients)
		if err != nil {
			return err
		}
		clear, err := s.Keys.Open(token)
		if err != nil {
			return err
		}
		if err := s.Vault.Put(key, lock.Successor{ID: live.ID}, clear, recipients); err != nil {
			return err
		}
	}
	return nil
}

// untaken returns a token that the service shows in full and that the vault does not
// have.
func (s *Site) untaken(key schema.Key, live LiveObject) (secrets.Value, bool) {
	k := schema.KindNamed(key.Kind)
	token, shown := k.Shown(live.Fields)
	return token, shown && k.Update.Token == schema.TokenOnce && !s.keeps(key, live.ID)
}

// undeleted lists the objects that the plan deletes and the run did not.
func (a *applier) undeleted() []schema.Key {
	var keys []schema.Key
	for _, c := range a.plan.Changes {
		failed := func(number int) bool { return a.results[number-1].unsuccessful() }
		if c.Action == diff.Delete && slices.ContainsFunc(a.steps[c.Key], failed) {
			keys = append(keys, c.Key)
		}
	}
	return keys
}
