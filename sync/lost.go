package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
	"authsync/schema/list"
)

// Lost is an object that vanished while others were created. Some services keep only
// one object of a sort and silently delete the one before.
type Lost struct {
	Key   schema.Key
	Since []schema.Key // objects created meanwhile: the first of them
	// Others is how many more there are.
	Others int
	// Field and Rival are the field of which the service may keep only one value, and
	// the value; "" = another reason.
	Field, Rival string
}

func (l *Lost) Error() string {
	if l.Rival == "" {
		return l.String()
	}
	return l.String() + "; keep one of them in the manifest"
}

func (l *Lost) String() string {
	text := fmt.Sprintf("%s is gone since %s was created", l.Key, joinKeyTexts(l.Since, len(l.Since)+l.Others))
	if l.Rival != "" {
		text += fmt.Sprintf(": it seems that the service keeps only one %s of %s %s", l.Key.Kind, l.Field, l.Rival)
	}
	return text
}

// mostNamed is how many of many objects a sentence names.
const mostNamed = 10

// joinKeyTexts names the first of n objects, and counts the others.
func joinKeyTexts(first []schema.Key, n int) string {
	texts := list.Each(first[:min(len(first), mostNamed)], schema.Key.Spelled)
	if n > len(texts) {
		texts = append(texts, fmt.Sprintf("%d more", n-len(texts)))
	}
	return strings.Join(texts, " and ")
}

// lost returns the objects that existed before the run created others of their kind,
// and that are gone though the run did not delete them, and created objects that
// another creation drove out.
func (a *applier) lost(ctx context.Context, k *schema.Kind, created makings, live map[string]LiveObject, backs []ReadBack) []*Lost {
	var lost []*Lost
	if !listed(k) {
		return nil
	}
	stands := map[string]bool{}
	for name, o := range live {
		stands[nameOrID(name, o)] = true
	}
	before := a.plan.read.Live[k.Name]
	for _, name := range sortedNames(before) {
		o, key := before[name], schema.Key{Kind: k.Name, Name: name}
		if o.Presence != Phantom && !stands[nameOrID(name, o)] && !a.plan.Deletes(key, o.ID) && a.gone(ctx, k, key, o) {
			lost = append(lost, created.lostTo(k, key, o.Fields))
		}
	}
	for _, s := range a.created(k, Give) {
		o := LiveObject{ID: a.idOf(s)}
		if _, now := created.of[s.Key]; !now && !stands[nameOrID(s.Key.Name, o)] && a.gone(ctx, k, s.Key, o) {
			lost = append(lost, created.lostTo(k, s.Key, s.sends))
		}
	}
	return append(lost, a.lostAtOnce(k, created, backs)...)
}

// lostAtOnce returns the created objects that a rival, created in the same phase, drove
// out, and marks them in what was read back.
func (a *applier) lostAtOnce(k *schema.Kind, created makings, backs []ReadBack) (lost []*Lost) {
	for i, back := range backs {
		s, made := created.of[back.Key]
		if !made || back.Status != NotVisibleYet {
			continue
		}
		if l := created.lostTo(k, s.Key, s.sends); l.Rival != "" {
			backs[i].Status = GoneAgain
			lost = append(lost, l)
		}
	}
	return lost
}

// makings are the steps that created objects of a kind in a phase.
type makings struct {
	of     map[schema.Key]Step
	keys   []schema.Key
	rivals map[string][]schema.Key // by the value that rivals share
}

func makingsOf(k *schema.Kind, steps []Step) makings {
	m := makings{of: map[schema.Key]Step{}, rivals: map[string][]schema.Key{}}
	for _, s := range steps {
		m.of[s.Key] = s
		m.keys = append(m.keys, s.Key)
		if value := k.Rivals.Rival(s.sends); value != "" {
			m.rivals[value] = append(m.rivals[value], s.Key)
		}
	}
	return m
}

// lostTo returns which other objects were created meanwhile: the rivals of the lost
// one, or all of its kind.
func (m makings) lostTo(k *schema.Kind, key schema.Key, fields schema.Object) *Lost {
	value := k.Rivals.Rival(fields)
	if n, first := except(m.rivals[value], key); value != "" && n > 0 {
		return &Lost{Key: key, Field: k.Rivals.Field, Rival: value, Since: first, Others: n - len(first)}
	}
	n, first := except(m.keys, key)
	return &Lost{Key: key, Since: first, Others: n - len(first)}
}

// mayLose reports whether the loss of an object is no fault: the gate for deletions
// named it, and git does not.
func (a *applier) mayLose(key schema.Key) bool {
	return a.site.collection(key.Kind).Object(key.Name) == nil && slices.ContainsFunc(a.plan.Gates, func(g Gate) bool {
		return g.Name == GateDelete && slices.Contains(g.objects, key)
	})
}

func nameOrID(name string, o LiveObject) string {
	if o.ID != "" {
		return o.ID
	}
	return name
}

// gone checks that an object does not exist, since a list of wanted objects need not
// show it.
func (a *applier) gone(ctx context.Context, k *schema.Kind, key schema.Key, was LiveObject) bool {
	c := a.site.collection(k.Name)
	q := Query{Others: OthersListed, Groups: c.Groups}
	if d := c.Object(key.Name); d != nil {
		q.Wants = []Want{a.site.want(c, d)}
	}
	now, err := readKind(ctx, a.site, k, q)
	if err != nil {
		return false // unknown
	}
	for name, o := range now {
		if nameOrID(name, o) == nameOrID(key.Name, was) || was.ID == "" && name == key.Name {
			return false
		}
	}
	return true
}

// afterCreating looks, in the read after a phase, for side effects of its creations.
func (a *applier) afterCreating(ctx context.Context, k *schema.Kind, phase Phase, live map[string]LiveObject, backs []ReadBack) []error {
	created := a.created(k, phase)
	if len(created) == 0 {
		return nil
	}
	var errs []error
	for _, l := range a.lost(ctx, k, makingsOf(k, created), live, backs) {
		if a.mayLose(l.Key) {
			a.mu.Lock()
			a.driven = append(a.driven, l)
			a.mu.Unlock()
			continue
		}
		errs = append(errs, l)
	}
	appeared := a.appearedUnder(k, live)
	for _, s := range created {
		d, found := a.concurrentDuplicate(s, appeared[s.Key.Name])
		if !found {
			continue
		}
		if d.Which == TakenBack {
			d.Err = a.takeBack(ctx, s, d.Made)
			a.lookAgain(ctx, k, s.Key, backs)
		}
		if d.Which == LeftToOthers {
			a.mu.Lock()
			a.duplicates = append(a.duplicates, d)
			a.mu.Unlock()
			continue
		}
		errs = append(errs, d)
	}
	return errs
}

// lookAgain reads an object back after its duplicate was deleted.
func (a *applier) lookAgain(ctx context.Context, k *schema.Kind, key schema.Key, backs []ReadBack) {
	again, _, err := a.await(ctx, k, []schema.Key{key})
	for i := range backs {
		if err == nil && backs[i].Key == key {
			backs[i] = again[0]
		}
	}
}

func (a *applier) created(k *schema.Kind, phase Phase) []Step {
	var steps []Step
	for _, r := range a.results {
		if r.Step.Key.Kind == k.Name && r.Step.Phase == phase && r.Step.Op == OpCreate && !r.unsuccessful() {
			steps = append(steps, r.Step)
		}
	}
	return steps
}
