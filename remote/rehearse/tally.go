package rehearse

import (
	"maps"
	"slices"

	"authsync/schema/list"
	"authsync/schema/quirk"
	"authsync/sync"
)

// tally counts what was found, and under which answers.
type tally struct {
	parts []part
	runs  []quirk.Set
	found []finding
	under map[string][]quirk.Set // by finding: the combinations of its part
	bad   int                    // runs
}

// quirks are those of the part that a finding is about; of all, if it is about none.
func (t *tally) quirks(f finding) []quirk.Name {
	for _, p := range t.parts {
		if p.holds(f.key) {
			return p.quirks
		}
	}
	return t.all()
}

func (t *tally) all() []quirk.Name {
	names := list.Flat(t.parts, func(p part) []quirk.Name { return p.quirks })
	return list.Distinct(names)
}

func (t *tally) add(run quirk.Set, found []finding) {
	if len(found) > 0 {
		t.bad++
	}
	for _, f := range found {
		if t.under[f.id()] == nil {
			t.found = append(t.found, f)
		}
		own := restricted(run, t.quirks(f))
		if !slices.ContainsFunc(t.under[f.id()], func(c quirk.Set) bool { return maps.Equal(c, own) }) {
			t.under[f.id()] = append(t.under[f.id()], own)
		}
	}
}

// restricted is a combination of some quirks only.
func restricted(set quirk.Set, to []quirk.Name) quirk.Set {
	own := quirk.Set{}
	for _, name := range to {
		if value, told := set[name]; told {
			own[name] = value
		}
	}
	return own
}

// rehearsal returns what is told, with so many combinations left out.
func (t *tally) rehearsal(left int) *sync.Rehearsal {
	r := &sync.Rehearsal{Quirks: t.all(), Readings: readings(t.all())}
	for _, f := range t.found {
		r.Divergences = append(r.Divergences, sync.Divergence{
			What: f.what, Key: f.key, Path: f.path, Text: f.text, Under: deciding(t.under[f.id()], t.quirks(f)),
		})
	}
	if left > 0 {
		r.AsWanted, r.Untried = len(t.runs)-t.bad, r.Readings-len(t.runs)
		return r
	}
	r.AsWanted = t.asWanted(r)
	return r
}

// readings is how many combinations of answers some quirks have.
func readings(names []quirk.Name) int {
	n := 1
	for _, name := range names {
		row, _ := quirk.Find(name)
		n *= len(row.Values())
	}
	return n
}

// asWanted counts the combinations of all quirks under which nothing is found.
func (t *tally) asWanted(r *sync.Rehearsal) int {
	var deciding []quirk.Name
	for _, d := range r.Divergences {
		for _, set := range d.Under {
			deciding = slices.AppendSeq(deciding, maps.Keys(set))
		}
	}
	deciding = list.Distinct(deciding)
	all, _ := combinations(deciding, readings(deciding))
	good := 0
	for _, c := range all {
		ends := func(d sync.Divergence) bool {
			return len(d.Under) == 0 || slices.ContainsFunc(d.Under, func(u quirk.Set) bool { return within(u, c) })
		}
		if !slices.ContainsFunc(r.Divergences, ends) {
			good++
		}
	}
	return good * (r.Readings / len(all))
}

// deciding returns the combinations with those quirks only that make a difference: a
// quirk makes none if each combination is there with all of its answers.
func deciding(sets []quirk.Set, names []quirk.Name) []quirk.Set {
	for _, name := range names {
		row, _ := quirk.Find(name)
		has := func(s quirk.Set, value quirk.Value) bool {
			with := maps.Clone(s)
			with[name] = value
			return slices.ContainsFunc(sets, func(c quirk.Set) bool { return maps.Equal(c, with) })
		}
		matters := slices.ContainsFunc(sets, func(s quirk.Set) bool {
			return slices.ContainsFunc(row.Values(), func(v quirk.Value) bool { return !has(s, v) })
		})
		if matters {
			continue
		}
		var fewer []quirk.Set
		for _, s := range sets {
			without := maps.Clone(s)
			delete(without, name)
			if !slices.ContainsFunc(fewer, func(c quirk.Set) bool { return maps.Equal(c, without) }) {
				fewer = append(fewer, without)
			}
		}
		sets = fewer
	}
	if len(sets) == 1 && len(sets[0]) == 0 {
		return nil
	}
	return sets
}
