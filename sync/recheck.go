package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"

	"authsync/diff"
	"authsync/schema"
)

// A plan rests on a read, and somebody else may write after it. None of the services
// offers conditional writes. So each object is read again immediately before its
// write, and a step is refused if what it rests on has moved. Objects to be created
// are looked for again before their level.

// Rereader is implemented by services that can read one object with less work than a
// list.
type Rereader interface {
	// Reread reads the object with the want's id; none if it does not exist. It shows
	// as much of the object as [Service.Read].
	Reread(ctx context.Context, w Want) ([]WireObject, error)
}

// errGone means that the object to be deleted no longer exists.
var errGone = errors.New("it is gone already")

// MovedError says that somebody else has written to an object since the plan was made.
type MovedError struct {
	Key schema.Key
	// Fields are those that moved: Before is the value that the plan rests on.
	Fields []diff.Field
	// What says what moved, if it is not a field.
	What string
}

func (e *MovedError) Error() string {
	parts := []string{}
	if e.What != "" {
		parts = append(parts, e.What)
	}
	for _, f := range e.Fields {
		was, is := f.Display()
		parts = append(parts, fmt.Sprintf("%s was %s, is %s", f.Path.Spelled(), was, is))
	}
	return fmt.Sprintf("%s was changed by somebody else since the plan was made: %s", e.Key, strings.Join(parts, "; "))
}

// unmoved reads the object of a step again. It returns a [MovedError] if what the step
// rests on differs from the plan, apart from what earlier steps of the run wrote.
func (a *applier) unmoved(ctx context.Context, s Step) error {
	basis, stood := a.plan.live[s.Key]
	switch {
	case s.Op == OpCreate && (!stood || basis.ID == ""), s.Op == OpDelete && !stood:
		return a.recheckError(s)
	case a.plan.Unreadable[s.Key.Kind] != nil, s.Op != OpUpdate && a.deletesBefore(s):
		return nil // this run has changed it itself
	}
	now, stands, err := a.reread(ctx, s, basis)
	switch {
	case err != nil:
		return fmt.Errorf("is not written, since reading it again before the write failed: %w", err)
	case s.Op == OpDelete && !stands:
		return errGone
	case s.Op == OpDelete && s.ID != basis.ID && len(now.Bound) == 0:
		return nil // another object of the name, left behind by a run
	}
	if stood != stands {
		if err := a.appearedOrGone(s, basis, now); err != nil {
			return err
		}
	}
	return a.same(s, basis, now)
}

// appearedOrGone returns a [MovedError] if an object exists in only one of two reads,
// and not by this run.
func (a *applier) appearedOrGone(s Step, was, is LiveObject) error {
	switch _, stood := a.plan.live[s.Key]; {
	case stood && was.Presence != Phantom:
		return &MovedError{Key: s.Key, What: "it is gone"}
	case !stood && is.Presence == Stands && !a.sentAny(s.Key):
		return &MovedError{Key: s.Key, What: "it did not exist, and does now"}
	}
	return nil
}

// same returns a [MovedError] if what a step rests on differs between two reads.
func (a *applier) same(s Step, was, is LiveObject) error {
	if was.ID != "" && is.ID != "" && is.ID != was.ID {
		return &MovedError{Key: s.Key, What: fmt.Sprintf("its id was %s, is %s", was.ID, is.ID)}
	}
	if s.Op == OpDelete && len(is.Bound) > 0 {
		return &MovedError{Key: s.Key, What: strings.Join(is.Bound, ", ") + " is bound to it now"}
	}
	if moved := a.moved(s, was.Fields, is.Fields); len(moved) > 0 {
		return &MovedError{Key: s.Key, Fields: moved}
	}
	return nil
}

// moved returns the fields that a step rests on and that have changed. A deletion
// rests on all fields, an update on the top-level fields that it sends.
func (a *applier) moved(s Step, was, is schema.Object) []diff.Field {
	k := schema.KindNamed(s.Key.Kind)
	sent := a.sentBefore(s)
	expected := was.Clone()
	for _, name := range k.Update.Always {
		if v, ours := sent[name]; ours {
			expected[name] = v
		}
	}
	var moved []diff.Field
	for _, f := range diff.Moves(expected, is) {
		_, ours := sent[f.Path[0]]
		always := slices.Contains(k.Update.Always, f.Path[0])
		switch {
		case s.Op == OpDelete && f.Path[0] == schema.Extra: // unmodelled fields may change by themselves
		case s.Op != OpDelete && !s.RestsOn(f.Path), ours && !always:
		case len(sent) > 0 && schema.IsUnset(f.Before): // a default that the service set when an earlier step created the object
		default:
			moved = append(moved, f)
		}
	}
	return moved
}

// RestsOn reports whether the body of a step contains the top-level field of a path.
func (s Step) RestsOn(at schema.Path) bool {
	if at[0] == schema.Extra && len(at) > 1 {
		return s.sends.At(schema.Extra, at[1]) != nil
	}
	_, held := s.sends[at[0]]
	return held
}

// sentBefore returns the fields of the object that earlier steps wrote.
func (a *applier) sentBefore(s Step) schema.Object {
	a.mu.Lock()
	defer a.mu.Unlock()
	sent := schema.Object{}
	for _, number := range a.steps[s.Key] {
		if r := a.results[number-1]; number < s.Number && !r.unsuccessful() {
			sent = schema.Overlay(sent, r.Step.sends)
		}
	}
	return sent
}

// deletesBefore reports whether an earlier call of the run has begun to delete the
// object.
func (a *applier) deletesBefore(s Step) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.steps[s.Key], func(number int) bool {
		r := a.results[number-1]
		return number < s.Number && r.Step.Op == OpDelete && r.Step.ID == s.ID && !r.unsuccessful() || number < s.Number && s.Op == OpCreate && r.Step.Op == OpDelete
	})
}

func (a *applier) sentAny(key schema.Key) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.steps[key], func(number int) bool { return !a.results[number-1].unsuccessful() })
}

func (a *applier) reread(ctx context.Context, s Step, basis LiveObject) (LiveObject, bool, error) {
	k := schema.KindNamed(s.Key.Kind)
	c := a.site.collection(k.Name)
	w := Want{Name: s.Key.Name, Pin: basis.ID, ID: basis.ID}
	if d := c.Object(s.Key.Name); d != nil {
		w = a.site.want(c, d)
	}
	if s.ID != "" {
		w.ID = s.ID // several objects may have the name
	}
	objects, err := a.rereadWant(ctx, k, w)
	if errors.Is(err, ErrUnreadable) {
		return basis, true, nil
	}
	if err != nil {
		return LiveObject{}, false, err
	}
	for _, o := range objects {
		if w.ID != "" && o.ID == w.ID {
			return o, true, nil
		}
	}
	o, ok := objects[s.Key.Name]
	return o, ok, nil
}

func (a *applier) rereadWant(ctx context.Context, k *schema.Kind, w Want) (map[string]LiveObject, error) {
	q := Query{Wants: []Want{w}, Groups: a.site.collection(k.Name).Groups}
	if service, ok := a.site.Services[k.Name].(Rereader); ok && w.ID != "" {
		live, err := service.Reread(withSubject(ctx, schema.Key{Kind: k.Name, Name: w.Name}), w)
		if err != nil {
			return nil, err
		}
		return objectsOf(a.site, k, meant(live, w))
	}
	if a.site.collection(k.Name).Object(w.Name) != nil {
		return readKind(ctx, a.site, k, q)
	}
	q.Wants, q.Others = nil, OthersWhole
	live, err := readLive(ctx, a.site, k, q)
	if err != nil {
		return nil, err
	}
	return objectsOf(a.site, k, meant(live, w))
}

// meant returns the object with the want's id under the name that the plan uses: read
// without the manifest's names, it may have another. Without such an id it returns all
// objects.
func meant(live []WireObject, w Want) []WireObject {
	for _, l := range live {
		if w.ID != "" && l.ID == w.ID {
			l.Name = w.Name
			return []WireObject{l}
		}
	}
	return live
}

// recheckCreates lists each kind of a level again and records objects that exist
// though the level would create them.
func (a *applier) recheckCreates(ctx context.Context, steps []Step) {
	ctx = context.WithoutCancel(ctx)
	wants := map[*schema.Kind][]Want{}
	for _, s := range steps {
		k := schema.KindNamed(s.Key.Kind)
		if _, stood := a.plan.live[s.Key]; s.Op == OpCreate && !stood && a.plan.Unreadable[k.Name] == nil {
			c := a.site.collection(k.Name)
			wants[k] = append(wants[k], a.site.want(c, c.Object(s.Key.Name)))
		}
	}
	var group stdsync.WaitGroup
	for k, list := range wants {
		group.Go(func() { a.recheckKind(ctx, k, list) })
	}
	group.Wait()
}

// recheckKind records which of the objects to be created exist by now.
func (a *applier) recheckKind(ctx context.Context, k *schema.Kind, wants []Want) {
	q := Query{Wants: wants, Groups: a.site.collection(k.Name).Groups}
	objects, err := readKind(ctx, a.site, k, q)
	if errors.Is(err, ErrUnreadable) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range wants {
		key := schema.Key{Kind: k.Name, Name: w.Name}
		switch o, stands := objects[w.Name]; {
		case err != nil:
			a.found[key] = fmt.Errorf("is not created, since looking for it again before the call failed: %w", err)
		case stands && o.Presence != Phantom:
			a.found[key] = &MovedError{Key: key, What: "it did not exist, and does now"}
		}
	}
}

// recheckError returns why an object must not be created, or nil.
func (a *applier) recheckError(s Step) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.found[s.Key]
}
