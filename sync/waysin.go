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
	// After is the number of the last call made; 0 = none is.
	After int
	// Ways are the ways in to an account, such as "login emailLogin".
	Ways []string
	// SecondFactor says whether a second factor is asked for.
	SecondFactor bool
}

// same reports whether two standings let the same in.
func (s Standing) same(other Standing) bool {
	return s.SecondFactor == other.SecondFactor && slices.Equal(s.Ways, other.Ways)
}

// weaker says in what a standing is weaker than both ends of a plan; zero = in nothing.
func (s Standing) weaker(from, to Standing) (lang.Message, bool) {
	switch {
	case len(s.Ways) == 0 && len(from.Ways) > 0 && len(to.Ways) > 0:
		return lang.Of("nobody could log in to an account"), true
	case !s.SecondFactor && from.SecondFactor && to.SecondFactor:
		return lang.Of("no second factor would be asked for"), true
	}
	return lang.Message{}, false
}

// scene is what is live of the kinds that let users in, while calls are made.
type scene map[string]map[string]schema.Object

// stage returns the scene before the first call.
func (b *builder) stage() scene {
	s := scene{}
	for _, k := range schema.Kinds {
		if live := b.read.Live[k.Name]; len(k.Entrances) > 0 && live != nil {
			s[k.Name] = map[string]schema.Object{}
			for name, o := range live {
				s[k.Name][name] = o.Fields
			}
		}
	}
	return s
}

// play makes a step's call.
func (s scene) play(step Step) {
	of := s[step.Key.Kind]
	switch {
	case of == nil:
	case step.Op == OpDelete:
		delete(of, step.Key.Name)
	default:
		of[step.Key.Name] = schema.Overlay(of[step.Key.Name], step.sends)
	}
}

// standing says who can log in.
func (b *builder) standing(s scene, after int) Standing {
	now := Standing{After: after}
	for _, k := range schema.Kinds {
		for _, name := range slices.Sorted(maps.Keys(s[k.Name])) {
			o := s[k.Name][name]
			for _, e := range k.Entrances {
				if lets, _ := b.site.Env.Lets(k, e, o); lets {
					now.Ways = append(now.Ways, way(k, name, e))
				}
			}
			now.SecondFactor = now.SecondFactor || len(k.SecondFactor) > 0 && o.At(k.SecondFactor...) == schema.True
		}
	}
	return now
}

// way names an entrance of an object.
func way(k *schema.Kind, name string, e schema.Entrance) string {
	return schema.Key{Kind: k.Name, Name: name}.Spelled() + " " + e.Field
}

// course returns who can log in after each call, if one of them fails; 0 = none
// does. What waits for the failed call is not made.
func (b *builder) course(failing int) []Standing {
	s := b.stage()
	all := []Standing{b.standing(s, 0)}
	for _, step := range b.plan.Steps {
		failed := failing > 0 && (step.Number == failing || slices.Contains(step.After, failing) ||
			step.Phase == Take && b.plan.Steps[failing-1].Phase == Give)
		if failed || s[step.Key.Kind] == nil {
			continue
		}
		s.play(step)
		all = append(all, b.standing(s, step.Number))
	}
	return all
}

// waysIn records who can log in after each call where that changes, and trips the gate
// where somebody could not in between: after any of the calls, whichever of them fails.
func (b *builder) waysIn() {
	usual := b.course(0)
	b.plan.WaysIn = changing(usual)
	from, to := usual[0], usual[len(usual)-1]
	for failing := range len(b.plan.Steps) + 1 {
		if failing > 0 && len(schema.KindNamed(b.plan.Steps[failing-1].Key.Kind).Entrances) == 0 {
			continue // its failure leaves out calls, and what is left is a beginning of the usual course
		}
		for _, now := range b.course(failing) {
			why, weaker := now.weaker(from, to)
			if !weaker {
				continue
			}
			said := lang.Of("between call %s and the next ones: %s", lang.Text(strconv.Itoa(now.After)), why)
			if failing > 0 {
				said = lang.Of("after call %s, if call %s fails: %s", lang.Text(strconv.Itoa(now.After)), lang.Text(strconv.Itoa(failing)), why)
			}
			b.trip(GateLockout, schema.Key{}, nil, said)
			return
		}
	}
}

// changing are the standings that differ from the one before; none, if all are alike.
func changing(all []Standing) []Standing {
	kept := slices.CompactFunc(all, Standing.same)
	if len(kept) == 1 {
		return nil
	}
	return kept
}

// Beyond returns the ways in that another standing lacks.
func (s Standing) Beyond(other Standing) []string { return less(s.Ways, other.Ways) }
