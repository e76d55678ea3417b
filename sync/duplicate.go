package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"authsync/schema"
)

// If a service allows two objects of one name and two runs read before either creates
// one, each creates its own. So each run reads again after its creations. If there are
// two, the run that made the later one, or the one with the greater id, deletes it
// again.

// Duplicate is an object that this run made while another run made one of the same
// name.
type Duplicate struct {
	Key    schema.Key
	Made   string   // id of this run's object
	Others []string // ids of the other runs' objects
	Which  DuplicateResolution
	Err    error // why it could not be taken back
}

// DuplicateResolution says which of the duplicates stays.
type DuplicateResolution string

const (
	// TakenBack: this run's object came later and was deleted again.
	TakenBack DuplicateResolution = "taken back"
	// LeftToOthers: this run's object came first; the run that made the other deletes
	// it.
	LeftToOthers DuplicateResolution = "left to the others"
	// Undecided: the service does not say when an object was made.
	Undecided DuplicateResolution = "undecided"
)

func (d *Duplicate) Error() string {
	others := strings.Join(d.Others, " and ")
	text := fmt.Sprintf("%s: another run made one at the same time, %s", d.Key, others)
	switch {
	case d.Err != nil:
		return fmt.Sprintf("%s; %s, made here, comes later and could not be taken back: %v", text, d.Made, d.Err)
	case d.Which == TakenBack:
		return fmt.Sprintf("%s; %s, made here, came later and was taken back", text, d.Made)
	case d.Which == LeftToOthers:
		return fmt.Sprintf("%s; %s, made here, came first and stays, and who made the other takes it back", text, d.Made)
	}
	return fmt.Sprintf("%s; which came first is not known, so both stay, and %s is the one in the lock; plan says how to delete the other", text, d.Made)
}

// appearedUnder returns the live objects that did not exist when the plan was made, by
// the names that they have or duplicate.
func (a *applier) appearedUnder(k *schema.Kind, live map[string]LiveObject) map[string][]LiveObject {
	before := map[string]bool{}
	for _, o := range a.plan.read.Live[k.Name] {
		before[o.ID] = true
	}
	appeared := map[string][]LiveObject{}
	for _, name := range sortedNames(live) {
		o := live[name]
		if o.ID == "" || before[o.ID] {
			continue
		}
		appeared[name] = append(appeared[name], o)
		if o.DuplicateOf != "" && o.DuplicateOf != name {
			appeared[o.DuplicateOf] = append(appeared[o.DuplicateOf], o)
		}
	}
	return appeared
}

// concurrentDuplicate looks, among all that appeared under the name of a step's object,
// for objects that other runs created.
func (a *applier) concurrentDuplicate(s Step, all []LiveObject) (*Duplicate, bool) {
	made := a.idOf(s)
	d := &Duplicate{Key: s.Key, Made: made, Which: Undecided}
	for _, o := range all {
		if o.ID != made {
			d.Others = append(d.Others, o.ID)
		}
	}
	if made == "" || len(d.Others) == 0 || len(d.Others) == len(all) {
		return nil, false
	}
	if !slices.ContainsFunc(all, func(o LiveObject) bool { return o.Made.IsZero() }) {
		first := slices.MinFunc(all, func(x, y LiveObject) int { return cmp.Or(x.Made.Compare(y.Made), cmp.Compare(x.ID, y.ID)) })
		d.Which = TakenBack
		if first.ID == made {
			d.Which = LeftToOthers
		}
	}
	return d, true
}

// idOf returns the id of the object that a step created.
func (a *applier) idOf(s Step) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.made[s.Number]
}

// takeBack deletes the object that a step created, its token and its entry in the
// lock. Its calls are steps of their own in the journal.
func (a *applier) takeBack(ctx context.Context, s Step, id string) error {
	k := schema.KindNamed(s.Key.Kind)
	t := Target{Name: s.Key.Name, ID: id, Group: a.site.collection(k.Name).Group(s.Key.Name)}
	for _, call := range a.site.Services[k.Name].Describe(OpDelete, t, nil) {
		step := Step{Level: s.Level, Key: s.Key, Op: OpDelete, Phase: Take, ID: id, Call: call}
		if err := a.makeExtra(ctx, &step); err != nil {
			return err
		}
	}
	if err := a.site.Lock.Forget(s.Key); err != nil {
		return err
	}
	if k.Update.Token == schema.TokenOnce {
		return a.site.Vault.Drop(s.Key.Kind, id)
	}
	return nil
}

// makeExtra makes a call that is not in the plan.
func (a *applier) makeExtra(ctx context.Context, s *Step) error {
	a.mu.Lock()
	s.Number = len(a.results) + len(a.extra) + 1
	a.extra = append(a.extra, StepResult{Step: *s, Outcome: Failed})
	a.mu.Unlock()
	err := a.journal.begin(*s)
	if err == nil {
		_, err = a.site.Services[s.Key.Kind].Make(withSubject(ctx, s.Key), s.Call, a.site.Keys.Open)
	}
	outcome := Done
	var u Uncertain
	switch {
	case err == nil:
	case errors.As(err, &u) && u.EffectUnknown() && a.vanished(ctx, *s):
		outcome, err = Settled, nil
	default:
		outcome = Failed
	}
	ended := StepResult{Step: *s, Outcome: outcome, Err: err}
	a.mu.Lock()
	a.extra[s.Number-len(a.results)-1] = ended
	a.mu.Unlock()
	a.journal.end(ended)
	return err
}
