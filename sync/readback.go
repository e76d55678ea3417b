package sync

import (
	"context"
	"errors"
	"slices"
	"strings"
	stdsync "sync"

	"authsync/diff"
	"authsync/schema"
)

// ReadBackStatus is how a read after the writes shows an object.
type ReadBackStatus string

const (
	AsWanted      ReadBackStatus = "as wanted"
	NotVisibleYet ReadBackStatus = "not visible yet"
	ServerChanged ReadBackStatus = "server changed it"
	// GoneAgain objects were deleted by the service when another was created; see
	// [Lost].
	GoneAgain ReadBackStatus = "gone again"
	// NotReadable objects are of a kind that its service can never show.
	NotReadable ReadBackStatus = "cannot be read back"
)

// Fine reports whether the read contradicts the wanted object nowhere.
func (s ReadBackStatus) Fine() bool { return s == AsWanted || s == NotReadable }

// ReadBack is the result of reading one object after the writes.
type ReadBack struct {
	Key    schema.Key
	Status ReadBackStatus
	// Fields are those that are not as wanted: After is the wanted value, Before the
	// value read.
	Fields []diff.Field
	// Unseen are secrets that a read cannot show.
	Unseen []schema.Path
	// made are the fields that the service altered.
	made []diff.Field
	// opened are the sealed secrets that hold what live shows.
	opened []diff.Opened
}

// readBack reads the kinds that the phase wrote, all at once, each with one read for
// all its objects, and again while something is not visible yet.
func (a *applier) readBack(ctx context.Context, phase Phase) ([]ReadBack, []error) {
	ctx = context.WithoutCancel(ctx)
	found := make([][]ReadBack, len(schema.Kinds))
	errs := make([][]error, len(schema.Kinds))
	var wait stdsync.WaitGroup
	for i, k := range schema.Kinds {
		if keys := a.written(k, phase); len(keys) > 0 {
			wait.Go(func() { found[i], errs[i] = a.readBackKind(ctx, phase, k, keys) })
		}
	}
	wait.Wait()
	return slices.Concat(found...), slices.Concat(errs...)
}

func (a *applier) readBackKind(ctx context.Context, phase Phase, k *schema.Kind, keys []schema.Key) ([]ReadBack, []error) {
	backs, live, err := a.await(ctx, k, keys)
	if err != nil {
		return nil, []error{err}
	}
	for i := range backs {
		backs[i].respell()
		if err := a.remember(phase, backs[i]); err != nil {
			return backs, []error{err}
		}
	}
	return backs, a.afterCreating(ctx, k, phase, live, backs)
}

// respell decides that the service altered a value that stays not visible and differs
// only in spelling: live had the service's spelling before.
func (b *ReadBack) respell() {
	other := func(f diff.Field) bool {
		return schema.HoldsSecret(f.Before) || schema.HoldsSecret(f.After) || bare(f.Before) != bare(f.After)
	}
	if b.Status == NotVisibleYet && len(b.Fields) > 0 && !slices.ContainsFunc(b.Fields, other) {
		b.Status, b.made = ServerChanged, append(b.made, b.Fields...)
	}
}

// bare returns a value in lower case and without blanks.
func bare(v schema.Value) string {
	return strings.ToLower(strings.Join(strings.Fields(schema.Show(v)), ""))
}

// remember records what the service made of the written values, and what sealed secrets
// hold. If a step failed, a third value may be the one that it was to overwrite, so it is
// not recorded.
func (a *applier) remember(phase Phase, back ReadBack) error {
	if err := a.site.Lock.Attest(back.Key, back.opened); err != nil {
		return err
	}
	for _, number := range a.steps[back.Key] {
		if r := &a.results[number-1]; (r.Step.Phase == phase || r.Step.Phase == Give) && r.unsuccessful() {
			return nil
		}
	}
	return a.site.Lock.Settle(back.Key, a.due(back.Key), back.made)
}

// written returns the objects of a kind whose last step of the phase succeeded.
func (a *applier) written(k *schema.Kind, phase Phase) []schema.Key {
	var keys []schema.Key
	seen := map[schema.Key]bool{}
	for _, r := range a.results {
		if r.Step.Key.Kind != k.Name || r.Step.Phase != phase || r.Outcome != Done && r.Outcome != Settled {
			continue
		}
		if !seen[r.Step.Key] {
			seen[r.Step.Key] = true
			keys = append(keys, r.Step.Key)
		}
	}
	return keys
}

// await reads until everything is visible, or the waits are used up. Live is the last
// read of the kind.
func (a *applier) await(ctx context.Context, k *schema.Kind, keys []schema.Key) (backs []ReadBack, live map[string]LiveObject, err error) {
	a.site.retry(func() (done bool) {
		backs, live, err = a.look(ctx, k, keys)
		return err != nil || !slices.ContainsFunc(backs, func(b ReadBack) bool { return b.Status == NotVisibleYet })
	})
	return backs, live, err
}

// look reads written objects. One that the list shows as the write answered stands so;
// what the answer leaves in doubt is read in detail.
func (a *applier) look(ctx context.Context, k *schema.Kind, keys []schema.Key) ([]ReadBack, map[string]LiveObject, error) {
	if k.Update.Seen == schema.InVault {
		return notReadable(keys), nil, nil
	}
	backs, live, err := a.lookBy(ctx, k, keys, a.knownByAnswer)
	if err != nil || live == nil {
		return backs, live, err
	}
	var doubtful []schema.Key
	for _, back := range backs {
		if back.Status != AsWanted && live[back.Key.Name].unmoved() {
			doubtful = append(doubtful, back.Key)
		}
	}
	if len(doubtful) > 0 {
		var again []ReadBack
		if again, live, err = a.lookBy(ctx, k, doubtful, nil); err != nil {
			return nil, nil, err
		}
		for _, back := range again {
			backs[slices.Index(keys, back.Key)] = back
		}
	}
	return backs, live, a.keepStamps(k, keys, live)
}

// lookBy reads written objects, but for those that a function knows; nil = none.
func (a *applier) lookBy(ctx context.Context, k *schema.Kind, keys []schema.Key, known knowing) ([]ReadBack, map[string]LiveObject, error) {
	c := a.site.collection(k.Name)
	q := Query{Groups: c.Groups}
	for _, key := range keys {
		d := c.Object(key.Name)
		if d != nil {
			q.Wants = append(q.Wants, a.site.want(c, d))
		}
		if d == nil || len(a.deleted(key)) > 0 {
			q.Others = OthersListed // only a list shows that something is gone
		}
	}
	if known != nil && a.site.believes(k) {
		knowBy(k, q.Wants, known)
	}
	live, err := readKind(ctx, a.site, k, q)
	if errors.Is(err, ErrUnreadable) {
		return notReadable(keys), nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	ids := idsOf(live)
	backs := make([]ReadBack, len(keys))
	for i, key := range keys {
		object, stands := live[key.Name]
		if backs[i], err = a.compare(k, key, object); err != nil {
			return nil, nil, err
		}
		stays := c.Object(key.Name) == nil && stands && object.Presence == Stands
		if stays || anyStands(ids, a.deleted(key)) {
			backs[i].Status = NotVisibleYet
		}
		if err := a.site.Lock.Identify(key, object.ID); err != nil {
			return nil, nil, err
		}
	}
	return backs, live, nil
}

// deleted returns the ids that an object's steps have deleted.
func (a *applier) deleted(key schema.Key) []string {
	var ids []string
	for _, number := range a.steps[key] {
		r := a.results[number-1]
		if r.Step.Op == OpDelete && r.Step.ID != "" && (r.Outcome == Done || r.Outcome == Settled) {
			ids = append(ids, r.Step.ID)
		}
	}
	return ids
}

func idsOf(live map[string]LiveObject) map[string]struct{} {
	ids := make(map[string]struct{}, len(live))
	for _, o := range live {
		ids[o.ID] = struct{}{}
	}
	return ids
}

// anyStands reports whether one of some ids is still live.
func anyStands(live map[string]struct{}, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		_, stands := live[id]
		return stands
	})
}

func notReadable(keys []schema.Key) []ReadBack {
	backs := make([]ReadBack, len(keys))
	for i, key := range keys {
		backs[i] = ReadBack{Key: key, Status: NotReadable}
	}
	return backs
}

// compare judges one object. A field with its value from before the write is not
// visible yet; a field with a third value was altered by the service. A login method
// that a later phase switches off is not expected to be off yet.
func (a *applier) compare(k *schema.Kind, key schema.Key, live LiveObject) (ReadBack, error) {
	back := ReadBack{Key: key, Status: AsWanted}
	desired := a.site.collection(k.Name).Object(key.Name)
	if desired == nil { // deleted
		return back, nil
	}
	result, err := diff.Compare(k, desired.Fields, live.Fields, a.site.Keys, a.site.Lock.LastApplied(key))
	if err != nil {
		return back, err
	}
	if live.Fields == nil {
		back.Status = NotVisibleYet
	}
	for _, u := range result.Unknown {
		back.Unseen = append(back.Unseen, u.Path)
	}
	due := a.due(key)
	back.made, back.opened = result.Settled, result.Opened
	for _, f := range result.Fields {
		if !due[f.Path[0]] {
			continue
		}
		back.Fields = append(back.Fields, f)
		if back.Status != ServerChanged {
			back.Status = NotVisibleYet
		}
		if before, known := a.before(key, f.Path); live.Fields != nil && (!known || !schema.Same(before, f.Before)) {
			back.Status = ServerChanged
			back.made = append(back.made, f)
		}
	}
	if lost := a.emptied(k, key, live.Fields, due); len(lost) > 0 {
		back.Status, back.Fields = ServerChanged, append(back.Fields, lost...)
	}
	return back, nil
}

// due returns the top-level fields that the steps made so far should have written.
func (a *applier) due(key schema.Key) map[string]bool {
	due := map[string]bool{}
	for _, number := range a.steps[key] {
		r := a.results[number-1]
		if r.Outcome != Done && r.Outcome != Settled {
			continue
		}
		for _, name := range r.Step.Fields {
			due[name] = true
		}
	}
	return due
}

// before returns the value that the plan saw in a field that it changes.
func (a *applier) before(key schema.Key, path schema.Path) (schema.Value, bool) {
	change := a.changes[key]
	for _, f := range change.Fields {
		if change.Action == diff.Update && slices.Equal(f.Path, path) {
			return f.Before, true
		}
	}
	return nil, false
}
