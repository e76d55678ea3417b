package rehearse

import (
	"maps"
	"slices"

	"authsync/schema/quirk"
)

// Parts do not bear on each other, so their quirks need not be crossed: it is enough
// that each part meets every combination of its own quirks in some run. What is said
// of all combinations then holds of each.

// cover returns runs in which each part meets every combination of its quirks, and how
// many combinations of parts are left out, if there would be more runs than most.
func cover(parts []part, most int) (runs []quirk.Set, left int) {
	open := make([][]quirk.Set, len(parts))
	for i, p := range parts {
		var more int
		open[i], more = combinations(p.quirks, most)
		left += more
	}
	for {
		run := quirk.Set{}
		for i := range open {
			if at := slices.IndexFunc(open[i], func(c quirk.Set) bool { return fits(c, run) }); at >= 0 {
				maps.Copy(run, open[i][at])
			}
		}
		if rest := outstanding(open); rest == 0 && len(runs) > 0 {
			return runs, left
		} else if len(runs) == most {
			return runs, left + rest
		}
		for i := range open {
			open[i] = slices.DeleteFunc(open[i], func(c quirk.Set) bool { return within(c, run) })
		}
		runs = append(runs, run)
	}
}

func outstanding(open [][]quirk.Set) int {
	n := 0
	for _, o := range open {
		n += len(o)
	}
	return n
}

// combinations are all of the answers that some quirks may have, up to most, and how
// many more there are.
func combinations(names []quirk.Name, most int) (all []quirk.Set, more int) {
	all = []quirk.Set{{}}
	total := 1
	for _, name := range names {
		row, _ := quirk.Find(name)
		total *= len(row.Values())
		var next []quirk.Set
		for _, c := range all {
			for _, value := range row.Values() {
				if len(next) < most {
					one := maps.Clone(c)
					one[name] = value
					next = append(next, one)
				}
			}
		}
		all = next
	}
	return all, total - len(all)
}

// fits reports whether two combinations contradict each other nowhere.
func fits(c, run quirk.Set) bool {
	for name, value := range c {
		if other, told := run[name]; told && other != value {
			return false
		}
	}
	return true
}

// within reports whether a run has a combination.
func within(c, run quirk.Set) bool {
	for name, value := range c {
		if run[name] != value {
			return false
		}
	}
	return true
}
