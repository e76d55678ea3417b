package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"authsync/schema"
	"authsync/spell"
)

// settle reads whether a failed call did its work all the same. Its result counts as
// the call's answer.
func (a *applier) settle(ctx context.Context, s Step, failure error) (Made, error) {
	var u Uncertain
	switch {
	case !errors.As(failure, &u) || !u.EffectUnknown():
		if err := a.abandon(s); err != nil {
			return Made{}, fmt.Errorf("%w; and the vault could not be written: %w", failure, err)
		}
		return Made{}, failure
	case shows(s):
		return a.appeared(ctx, s, failure)
	}
	look := a.settled
	if s.Op == OpDelete && s.ID != "" {
		look = a.vanished
	}
	if !look(ctx, s) {
		return Made{}, failure
	}
	return Made{}, nil
}

// vanished reports whether the object that a step deletes by its id is gone, even if
// another one has its name.
func (a *applier) vanished(ctx context.Context, s Step) (gone bool) {
	k := schema.KindNamed(s.Key.Kind)
	q := Query{Others: OthersListed, Groups: a.site.collection(k.Name).Groups}
	a.site.retry(func() (done bool) {
		live, err := readKind(ctx, a.site, k, q)
		gone = err == nil && !anyStands(idsOf(live), []string{s.ID})
		return gone || err != nil
	})
	return gone
}

// settled reports whether a read proves that a step without an answer did its work:
// everything that it writes is as wanted, and at least one of the fields can be seen.
// A third value is no proof, since it may come from an earlier step.
func (a *applier) settled(ctx context.Context, s Step) bool {
	k := schema.KindNamed(s.Key.Kind)
	a.mu.Lock()
	a.results[s.Number-1].Outcome = Settled // for due, while looking
	a.mu.Unlock()
	backs, _, err := a.await(ctx, k, []schema.Key{s.Key})
	return err == nil && len(backs) == 1 && backs[0].Status == AsWanted && a.visible(s, backs[0].Unseen)
}

// visible reports whether a step writes a field that a read can show.
func (a *applier) visible(s Step, unseen []schema.Path) bool {
	if s.Op != OpUpdate {
		return true
	}
	for _, f := range a.changes[s.Key].Fields {
		hidden := slices.ContainsFunc(unseen, func(p schema.Path) bool { return p.String() == f.Path.String() })
		if slices.Contains(s.Fields, f.Path[0]) && !hidden {
			return true
		}
	}
	return s.Basis == Fresh
}

// appeared looks for an object that was created by a step without an answer. The token
// that the step should have shown is lost, unless live shows it in full.
func (a *applier) appeared(ctx context.Context, s Step, failure error) (made Made, err error) {
	k := schema.KindNamed(s.Key.Kind)
	if k.Update.Seen == schema.InVault {
		return Made{}, s.maybeMade(failure)
	}
	c := a.site.collection(k.Name)
	q := Query{Wants: []Want{a.site.want(c, c.Object(s.Key.Name))}, Others: OthersListed, Groups: c.Groups}
	err = failure
	a.site.retry(func() (done bool) {
		objects, unread := readKind(ctx, a.site, k, q)
		for _, name := range sortedNames(objects) {
			o := objects[name]
			if name != s.Key.Name && o.DuplicateOf != s.Key.Name || slices.Contains(s.Besides, o.ID) {
				continue
			}
			if token, shown := k.Shown(o.Fields); shown {
				made, err = Made{ID: o.ID, Token: token}, nil
				return true
			}
			err = &unkept{fmt.Errorf(
				"%w; %s was made all the same, and its token is lost with the answer; replace it with: authsync apply --rotate %s", failure, o.ID, spell.Word(s.Key.String()))}
			return true
		}
		return unread != nil
	})
	return made, err
}
