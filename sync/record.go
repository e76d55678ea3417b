package sync

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"authsync/diff"
	"authsync/schema"
	"authsync/secrets"
	"authsync/spell"
	"authsync/sync/lock"
)

// unkept is the error of a call that succeeded, but whose result could not be stored.
type unkept struct{ error }

// EffectUnknown is true: the service was changed.
func (e *unkept) EffectUnknown() bool { return true }
func (e *unkept) Unwrap() error       { return e.error }

// Blind is implemented by services that cannot always find an object that they made.
type Blind interface {
	// Unseen reports whether a declared object, which the last read did not show, may
	// exist all the same: its service chooses its id, and lists none of its kind.
	Unseen(w Want) bool
}

// unseenIfMade reports whether nobody can find what a step makes, unless its answer
// tells the id.
func (s *Site) unseenIfMade(step Step) bool {
	blind, may := s.Services[step.Key.Kind].(Blind)
	c := s.collection(step.Key.Kind)
	d := c.Object(step.Key.Name)
	return may && step.Op == OpCreate && d != nil && blind.Unseen(s.want(c, d))
}

// shows reports whether a step's answer contains a token.
func shows(s Step) bool {
	return s.Op == OpCreate && schema.KindNamed(s.Key.Kind).Update.Token == schema.TokenOnce
}

// writable checks before the first call that the results of the calls can be stored.
func (a *applier) writable() error {
	if len(a.plan.Steps) == 0 {
		return nil
	}
	if _, err := a.site.Lock.Begin(); err != nil {
		return fmt.Errorf("the lock cannot be written: %w", err)
	}
	for _, s := range a.plan.Steps {
		if !shows(s) {
			continue
		}
		if _, err := secrets.ParseRecipients(a.site.Env.Recipients); err != nil {
			return fmt.Errorf("%s: its token could not be sealed: %w", s.Key, err)
		}
		if err := a.site.Vault.Check(); err != nil {
			return fmt.Errorf("%s: the vault cannot be written, so the key is not made: %w", s.Key, err)
		}
	}
	return nil
}

// begin records in the lock that an object is about to be made that no read would find,
// and in the vault that a token is about to be shown, which it prepares to store.
// Without this record nobody would know what a run that ends here left behind.
func (a *applier) begin(s Step) error {
	if a.site.unseenIfMade(s) {
		if err := a.site.Lock.Make(s.Key); err != nil {
			return fmt.Errorf("the lock cannot be written, so it is not made: %w", err)
		}
	}
	if !shows(s) {
		return nil
	}
	if err := a.site.Vault.Begin(s.Key, s.Besides); err != nil {
		return fmt.Errorf("the vault cannot be written, so the key is not made: %w", err)
	}
	return nil
}

// release frees what begin prepared.
func (a *applier) release(s Step) {
	if shows(s) {
		a.site.Vault.Release(s.Key)
	}
}

// abandon removes the record of begin: the call did nothing.
func (a *applier) abandon(s Step) error {
	if a.site.Lock.Making(s.Key) {
		if err := a.site.Lock.Unmake(s.Key); err != nil {
			return err
		}
	}
	if !shows(s) {
		return nil
	}
	return a.site.Vault.Abandon(s.Key)
}

// keep writes the result of a step to disk before the next call.
func (a *applier) keep(s Step, made Made) error {
	a.mu.Lock()
	a.made[s.Number] = made.ID
	a.mu.Unlock()
	if made.ID == "" && a.site.unseenIfMade(s) {
		return &unkept{errors.New("was made, and the answer has no id, by which alone it could be found; " + stateID)}
	}
	k := schema.KindNamed(s.Key.Kind)
	if k.Update.Token == schema.TokenOnce {
		if err := a.keepToken(s, made); err != nil {
			return &unkept{err}
		}
	}
	if err := a.keepApplied(k, s, made); err != nil {
		return &unkept{fmt.Errorf("done, but the lock could not be written: %w", err)}
	}
	return nil
}

// keepApplied records in the lock what is applied now.
func (a *applier) keepApplied(k *schema.Kind, s Step, made Made) error {
	if s.Op == OpDelete {
		if e, _ := a.site.Lock.Entry(s.Key); a.replaced(s.Key) && e.ID != s.ID {
			return nil // the lock has its successor already
		}
		return a.site.Lock.Forget(s.Key)
	}
	desired := a.site.collection(k.Name).Object(s.Key.Name)
	written := schema.Object{}
	for name, v := range desired.Fields {
		if a.stands(s, name, v) {
			written[name] = v
		}
	}
	written = unnamed(k, s, a.unshown(k, s, written))
	found := lock.Found{Key: s.Key, ID: cmp.Or(made.ID, s.ID), Fields: written, Untold: a.untold(s), Displaced: displaced(k, s, desired.Fields)}
	if s.Op == OpCreate {
		found.Made = lock.MadeNow
	}
	return a.site.Lock.Record(found, time.Now())
}

// unshown adds the fields that the service never shows and the manifest does not
// state: unset for a new object, the recorded value for an old one.
func (a *applier) unshown(k *schema.Kind, s Step, written schema.Object) schema.Object {
	written = written.Clone()
	if s.Op == OpCreate {
		for _, at := range schema.Hidden(k.MarkHidden(written)) { // live will show them as hidden, and they are unset
			written.SetAt(at, schema.Null{})
		}
	}
	entry, _ := a.site.Lock.Entry(s.Key)
	for _, at := range k.WriteOnly(written) {
		was, known := entry.Value(k, at)
		switch {
		case written.At(at...) != nil:
		case s.Op == OpCreate:
			written.SetAt(at, schema.Null{})
		case known:
			written.SetAt(at, was)
		}
	}
	return written
}

// untold returns the fields of a step's object that it does not send and that could
// not be compared.
func (a *applier) untold(s Step) []schema.Path {
	var paths []schema.Path
	k := schema.KindNamed(s.Key.Kind)
	for _, at := range a.untoldOf[s.Key] {
		kept := k.OfCredential(at) && s.sends.At(at...) == nil
		if kept || !slices.Contains(s.Fields, at[0]) {
			paths = append(paths, at)
		}
	}
	return paths
}

// stands reports whether a field is as wanted after a step: the step sent it, it was
// compared in full without a difference, or it is unset in an object that was made.
func (a *applier) stands(s Step, name string, v schema.Value) bool {
	change := a.changes[s.Key]
	differs := slices.ContainsFunc(change.Fields, func(f diff.Field) bool { return f.Path[0] == name })
	unset := change.Action != diff.Update && schema.IsUnset(v)
	return slices.Contains(s.Fields, name) || unset || !differs && change.Action == diff.Update
}

func (a *applier) replaced(key schema.Key) bool {
	return a.changes[key].Action == diff.Replace
}

// keepToken seals a token into the vault, or removes that of a deleted object.
func (a *applier) keepToken(s Step, made Made) error {
	switch {
	case s.Op == OpDelete:
		return a.site.Vault.Drop(s.Key.Kind, s.ID)
	case made.ID == "" || made.Token.IsZero():
		return fmt.Errorf("was made, but its token was lost with the answer; replace it with: authsync apply --rotate %s", spell.Word(s.Key.String()))
	}
	recipients, err := secrets.ParseRecipients(a.site.Env.Recipients)
	if err != nil {
		return err
	}
	clear, err := a.site.Keys.Open(made.Token)
	if err != nil {
		return err
	}
	next := lock.Successor{ID: made.ID, Replaces: s.Replaces, Until: s.livingUntil(time.Now())}
	if schema.KindNamed(s.Key.Kind).Update.Seen == schema.InVault {
		next.Made = time.Now()
	}
	if err := a.site.Vault.Put(s.Key, next, clear, recipients); err != nil {
		return fmt.Errorf("%s was made, but its token could not be kept (%w); replace it with: authsync apply --rotate %s", made.ID, err, spell.Word(s.Key.String()))
	}
	return nil
}
