package sync

import (
	"maps"
	"slices"
	"strconv"

	"authsync/schema"
	"authsync/schema/lang"
)

// Standing is who can log in once some of the calls are made.
type Standing struct {
	After        int      `json:"after" doc:"The number of the call; 0 before the first."`
	Ways         []string `json:"ways" doc:"The ways in: KIND/NAME and the switch."`
	SecondFactor bool     `json:"secondFactor" doc:"Whether a second factor is asked for."`
}

// same reports whether two standings let the same in.
func (s Standing) same(other Standing) bool {
	return s.SecondFactor == other.SecondFactor && slices.Equal(s.Ways, other.Ways)
}

// Beyond returns the ways in that another standing lacks.
func (s Standing) Beyond(other Standing) []string { return less(s.Ways, other.Ways) }

// opening is what one object lets in.
type opening struct {
	ways   []string
	factor bool // it asks for a second factor
}

// opening is what an object lets in that has these fields; nil = one that is not there.
func (b *builder) opening(k *schema.Kind, name string, fields schema.Object) (o opening) {
	for _, e := range k.Entrances {
		if lets, _ := b.site.Env.Lets(k, e, fields); lets {
			o.ways = append(o.ways, way(k, name, e))
		}
	}
	o.factor = len(k.SecondFactor) > 0 && fields.At(k.SecondFactor...) == schema.True
	return o
}

// way names an entrance of an object.
func way(k *schema.Kind, name string, e schema.Entrance) string {
	return schema.Key{Kind: k.Name, Name: name}.Spelled() + " " + e.Field
}

// openings are what all objects let in, by kind and name.
type openings map[string]map[string]opening

// openings are those before the first call.
func (b *builder) openings() openings {
	all := openings{}
	for _, k := range schema.Kinds {
		live := b.read.Live[k.Name]
		if len(k.Entrances) == 0 || live == nil {
			continue
		}
		all[k.Name] = map[string]opening{}
		for name, o := range live {
			all[k.Name][name] = b.opening(k, name, o.Fields)
		}
	}
	return all
}

// standing says who can log in.
func (all openings) standing(after int) Standing {
	now := Standing{After: after, Ways: []string{}}
	for _, k := range schema.Kinds {
		for _, name := range slices.Sorted(maps.Keys(all[k.Name])) {
			o := all[k.Name][name]
			now.Ways = append(now.Ways, o.ways...)
			now.SecondFactor = now.SecondFactor || o.factor
		}
	}
	return now
}

// turn is a call to an object that may let users in, and what that lets in before the
// call and after it. A call is made only if all earlier ones to its object were, so both
// are the same whatever else fails.
type turn struct {
	step          Step
	before, after opening
}

// turns are the calls of the plan to objects that may let users in. Their kinds are
// written one call after another, so that the order of the calls is what happens.
func (b *builder) turns(live openings) (turns []turn) {
	fields, at := map[schema.Key]schema.Object{}, map[schema.Key]opening{}
	for _, step := range b.plan.Steps {
		of, key := live[step.Key.Kind], step.Key
		if of == nil {
			continue
		}
		if _, before := at[key]; !before {
			fields[key], at[key] = b.read.Live[key.Kind][key.Name].Fields, of[key.Name]
		}
		fields[key] = schema.Overlay(fields[key], step.sends)
		if step.Op == OpDelete {
			fields[key] = nil
		}
		t := turn{step, at[key], b.opening(schema.KindNamed(key.Kind), key.Name, fields[key])}
		at[key] = t.after
		turns = append(turns, t)
	}
	return turns
}

// waits reports whether a call is not made since an earlier one failed.
func (t turn) waits(failed turn) bool {
	return slices.Contains(t.step.After, failed.step.Number) || t.step.Phase == Take && failed.step.Phase == Give
}

// tally is as much of a standing as tells whether it is weaker than both ends.
type tally struct {
	ways    int
	factors int // objects that ask for a second factor
	shut    int // ways that are open at both ends, and are not
}

func (t tally) plus(o tally) tally {
	return tally{t.ways + o.ways, t.factors + o.factors, t.shut + o.shut}
}

func tallyOf(o opening, stays map[string]bool) tally {
	t := tally{ways: len(o.ways)}
	if o.factor {
		t.factors = 1
	}
	for _, way := range o.ways {
		if stays[way] {
			t.shut--
		}
	}
	return t
}

// ends are both ends of a plan.
type ends struct{ from, to tally }

// weaker says in what a tally is weaker than both ends; zero = in nothing.
func (e ends) weaker(t tally) (lang.Message, bool) {
	switch {
	case t.ways == 0 && e.from.ways > 0 && e.to.ways > 0:
		return lang.Of("nobody could log in to an account"), true
	case t.factors == 0 && e.from.factors > 0 && e.to.factors > 0:
		return lang.Of("no second factor would be asked for"), true
	case t.shut > 0:
		return lang.Of("a way in would be shut that is open before and afterwards"), true
	}
	return lang.Message{}, false
}

// waysIn records who can log in after each call where that changes, and trips the gate
// where fewer could in between: after any of the calls, whichever of them fails.
func (b *builder) waysIn() {
	live := b.openings()
	turns := b.turns(live)
	if len(turns) == 0 {
		return
	}
	first := live.standing(0)
	all := []Standing{first}
	for _, t := range turns {
		live[t.step.Key.Kind][t.step.Key.Name] = t.after
		if now := live.standing(t.step.Number); !now.same(all[len(all)-1]) {
			all = append(all, now)
		}
	}
	if len(all) == 1 {
		return
	}
	b.plan.WaysIn = all
	if said, weaker := weakest(turns, first, all[len(all)-1]); weaker {
		b.trip(GateLockout, schema.Key{}, nil, said)
	}
}

// weakest says after which call fewer can log in than at both ends; first, if no call
// fails, and then, if one does. What two courses of the calls begin with alike is looked
// at once.
func weakest(turns []turn, from, to Standing) (lang.Message, bool) {
	stays := map[string]bool{}
	for _, way := range from.Ways {
		stays[way] = slices.Contains(to.Ways, way)
	}
	adds, now := make([]tally, len(turns)), tallyOf(opening{from.Ways, from.SecondFactor}, nil)
	e := ends{from: now, to: tallyOf(opening{to.Ways, to.SecondFactor}, nil)}
	for i, t := range turns {
		before, after := tallyOf(t.before, stays), tallyOf(t.after, stays)
		adds[i] = tally{after.ways - before.ways, after.factors - before.factors, after.shut - before.shut}
	}
	beginnings := make([]tally, len(turns))
	for i, t := range turns {
		beginnings[i], now = now, now.plus(adds[i])
		if why, weaker := e.weaker(now); weaker {
			return lang.Of("between call %s and the next ones: %s", lang.Text(strconv.Itoa(t.step.Number)), why), true
		}
	}
	for i, failed := range turns {
		now := beginnings[i]
		for j := i + 1; j < len(turns); j++ {
			if turns[j].waits(failed) {
				continue
			}
			now = now.plus(adds[j])
			if why, weaker := e.weaker(now); weaker {
				return lang.Of("after call %s, if call %s fails: %s", lang.Text(strconv.Itoa(turns[j].step.Number)), lang.Text(strconv.Itoa(failed.step.Number)), why), true
			}
		}
	}
	return lang.Message{}, false
}
