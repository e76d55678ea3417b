package sync

import (
	"errors"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/sync/lock"
)

// Adopt notes in the lock what a plan found as wanted, though nothing was
// written: an exported manifest, or a change that was made on both sides. From
// then on it is known who moves.
func Adopt(site *Site, plan *EnvironmentPlan) error {
	if len(plan.Errors) == 0 {
		site.Lock.TrustRecipients(plan.Seals.Unknown)
	}
	return adopt(site, plan, nil)
}

// adopt notes besides what stands beside the managed objects: what was not
// named, and what should have been deleted and was not. What a run did that
// ended before it could note it is noted now.
func adopt(site *Site, plan *EnvironmentPlan, undeleted []schema.Key) error {
	var found []lock.Found
	for _, key := range plan.same {
		d := site.Env.Collections[key.Kind].Object(key.Name)
		found = append(found, lock.Found{Key: key, ID: plan.live[key].ID, Fields: d.Fields, Untold: plan.untold(key)})
	}
	unmanaged := slices.Concat(undeleted, plan.Unmanaged, site.unapplied(plan, found))
	if err := site.Lock.Adopt(found, plan.whole, unmanaged, plan.listed(), time.Now()); err != nil {
		return err
	}
	return errors.Join(site.forget(plan), site.takeTokens(plan))
}

// unapplied are objects that stood when the plan was made, and that were not
// applied though the manifest names them: a step failed, or was refused.
func (s *Site) unapplied(plan *EnvironmentPlan, found []lock.Found) []schema.Key {
	same := map[schema.Key]bool{}
	for _, f := range found {
		same[f.Key] = true
	}
	var keys []schema.Key
	for key, o := range plan.live {
		_, applied := s.Lock.Entry(key)
		if !applied && !same[key] && o.Presence != Phantom && s.collection(key.Kind).Object(key.Name) != nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// listed are the kinds of which everything that stands was told.
func (p *EnvironmentPlan) listed() []string {
	var kinds []string
	for kind := range p.whole {
		if listed(schema.KindNamed(kind)) && p.read.Unreadable[kind] == nil && p.read.Live[kind] != nil {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// listed reports whether a read of what is wanted of a kind shows all the rest
// too; see [OthersPassing].
func listed(k *schema.Kind) bool {
	return k.Update.Deletion == schema.DeletedByCall && k.Arity != schema.Groups
}

// forget takes what is gone out of the lock and the vault: neither named nor
// live.
func (s *Site) forget(plan *EnvironmentPlan) error {
	for kind := range plan.whole {
		c, live := s.collection(kind), plan.read.Live[kind]
		if live == nil || plan.read.Unreadable[kind] != nil {
			continue
		}
		ids := map[string]struct{}{}
		for _, o := range live {
			ids[o.ID] = struct{}{}
		}
		for _, key := range s.strays(c) {
			if _, stands := live[key.Name]; stands {
				continue
			}
			if err := s.Lock.Forget(key); err != nil {
				return err
			}
		}
		if c.Kind.Update.Token != schema.TokenOnce {
			continue
		}
		if err := s.forgetTokens(c, ids); err != nil {
			return err
		}
	}
	return nil
}

// forgetTokens takes the tokens of what is not live any more out of the vault:
// of objects that are not named, and former ones of any.
func (s *Site) forgetTokens(c *schema.Collection, live map[string]struct{}) error {
	if s.Vault.Moved(c.Kind.Name) {
		return nil
	}
	for _, key := range s.Vault.Keys() {
		if key.Kind != c.Kind.Name {
			continue
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

// takeTokens puts tokens that live shows in full into the vault.
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

// untaken is the token that live shows of an object in full, and that the vault
// does not have.
func (s *Site) untaken(key schema.Key, live LiveObject) (secrets.Value, bool) {
	k := schema.KindNamed(key.Kind)
	token, shown := k.Shown(live.Fields)
	return token, shown && k.Update.Token == schema.TokenOnce && !s.Keeps(key, live.ID)
}

// undeleted are the objects that a plan deletes and a run did not.
func (a *applier) undeleted() []schema.Key {
	var keys []schema.Key
	for _, c := range a.plan.Changes {
		if c.Action != diff.Delete {
			continue
		}
		for _, number := range a.steps[c.Key] {
			if a.results[number-1].unsuccessful() {
				keys = append(keys, c.Key)
				break
			}
		}
	}
	return keys
}
