package sync

import (
	"context"
	"time"

	"authsync/diff"
	"authsync/schema"
)

// Standing is what a read after the writes shows of an object.
type Standing string

const (
	AsWanted      Standing = "as wanted"
	NotVisibleYet Standing = "not visible yet"
	ServerChanged Standing = "server changed it"
)

// ReadBack is what a read after the writes shows of one object.
type ReadBack struct {
	Key      schema.Key
	Standing Standing
	// Fields are those that are not as wanted: After is what was wanted,
	// Before what was got.
	Fields []diff.Field
	// Unseen are secrets that a read cannot show.
	Unseen []schema.Path
}

// waits are the pauses between reads while something written is not visible.
var waits = []time.Duration{100 * time.Millisecond, 300 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond}

// readBack reads each kind that the phase wrote, once for all its objects, and
// again while something is not visible yet.
func (a *applier) readBack(ctx context.Context, phase Phase) ([]ReadBack, []error) {
	ctx = context.WithoutCancel(ctx)
	var backs []ReadBack
	var errs []error
	for _, k := range schema.Kinds {
		keys := a.written(k, phase)
		if len(keys) == 0 {
			continue
		}
		found, err := a.await(ctx, k, keys)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		backs = append(backs, found...)
	}
	return backs, errs
}

// written are the objects of a kind whose last step of the phase succeeded.
func (a *applier) written(k *schema.Kind, phase Phase) []schema.Key {
	var keys []schema.Key
	for _, r := range a.results {
		if r.Step.Key.Kind != k.Name || r.Step.Phase != phase || r.Outcome != Done && r.Outcome != Settled {
			continue
		}
		if len(keys) == 0 || keys[len(keys)-1] != r.Step.Key {
			keys = append(keys, r.Step.Key)
		}
	}
	return keys
}

// await reads until everything is visible, or the waits are used up.
func (a *applier) await(ctx context.Context, k *schema.Kind, keys []schema.Key) ([]ReadBack, error) {
	for try := 0; ; try++ {
		backs, err := a.look(ctx, k, keys)
		if err != nil || try == len(waits) || !anyInvisible(backs) {
			return backs, err
		}
		select {
		case <-time.After(waits[try]):
		case <-ctx.Done():
			return backs, nil
		}
	}
}

func anyInvisible(backs []ReadBack) bool {
	for _, b := range backs {
		if b.Standing == NotVisibleYet {
			return true
		}
	}
	return false
}

func (a *applier) look(ctx context.Context, k *schema.Kind, keys []schema.Key) ([]ReadBack, error) {
	names := make([]string, len(keys))
	for i, key := range keys {
		names[i] = key.Name
	}
	live, err := readKind(ctx, a.site, k, names)
	if err != nil {
		return nil, err
	}
	backs := make([]ReadBack, len(keys))
	for i, key := range keys {
		object, stands := live[key.Name]
		if backs[i], err = a.compare(k, key, object, stands && object.Presence == Stands); err != nil {
			return nil, err
		}
	}
	return backs, nil
}

// compare judges one object. What still has the value from before the write is
// not visible yet; what has a third value was changed by the service. Ways in
// that a later phase closes are not expected to be closed before it.
func (a *applier) compare(k *schema.Kind, key schema.Key, live Object, stands bool) (ReadBack, error) {
	back := ReadBack{Key: key, Standing: AsWanted}
	desired := a.site.Env.Collections[k.Name].Object(key.Name)
	if desired == nil { // deleted
		if stands {
			back.Standing = NotVisibleYet
		}
		return back, nil
	}
	result, err := diff.Compare(k, desired.Fields, live.Fields, a.site.Keys)
	if err != nil {
		return back, err
	}
	for _, u := range result.Unknown {
		back.Unseen = append(back.Unseen, u.Path)
	}
	due := a.due(key)
	for _, f := range result.Fields {
		if !due[f.Path[0]] {
			continue
		}
		back.Fields = append(back.Fields, f)
		if back.Standing != ServerChanged {
			back.Standing = NotVisibleYet
		}
		if before, known := a.before(key, f.Path); live.Fields != nil && (!known || !schema.Same(before, f.Before)) {
			back.Standing = ServerChanged
		}
	}
	return back, nil
}

// due are the top-level fields that steps already made should have written.
func (a *applier) due(key schema.Key) map[string]bool {
	due := map[string]bool{}
	for _, r := range a.results {
		if r.Step.Key != key || r.Outcome != Done && r.Outcome != Settled {
			continue
		}
		for _, name := range r.Step.Fields {
			due[name] = true
		}
	}
	return due
}

// before is the value that the plan saw at a field that it changes.
func (a *applier) before(key schema.Key, path schema.Path) (schema.Value, bool) {
	for _, c := range a.plan.Changes {
		if c.Key != key || c.Action != diff.Update {
			continue
		}
		for _, f := range c.Fields {
			if f.Path.String() == path.String() {
				return f.Before, true
			}
		}
	}
	return nil, false
}

// settled reports whether a read shows that a step without an answer did its
// work after all: everything that it writes is as wanted, and of that something
// can be seen. A third value is no proof, since it may be an earlier step's.
func (a *applier) settled(ctx context.Context, s Step) bool {
	k := schema.KindNamed(s.Key.Kind)
	a.mu.Lock()
	a.results[s.Number-1].Outcome = Settled // for due, while looking
	a.mu.Unlock()
	backs, err := a.await(ctx, k, []schema.Key{s.Key})
	return err == nil && len(backs) == 1 && backs[0].Standing == AsWanted && a.visible(s, backs[0].Unseen)
}

// visible reports whether a step writes anything besides what cannot be seen.
func (a *applier) visible(s Step, unseen []schema.Path) bool {
	hidden := map[string]bool{}
	for _, path := range unseen {
		hidden[path.String()] = true
	}
	for _, c := range a.plan.Changes {
		if c.Key != s.Key || s.Op != OpUpdate {
			continue
		}
		for _, f := range c.Fields {
			if among(s.Fields, f.Path[0]) && !hidden[f.Path.String()] {
				return true
			}
		}
		return s.Basis == Fresh
	}
	return true
}
