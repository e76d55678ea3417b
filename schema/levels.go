package schema

import (
	"fmt"
	"slices"
	"strings"

	"authsync/schema/list"
)

// Levels groups kinds by [Update.After]: a kind is one level below the lowest that it
// names. Objects of one level do not refer to one another and can be written at once.
// An unknown name or a cycle is an error.
func Levels(kinds []*Kind) ([][]*Kind, error) {
	var levels [][]*Kind
	placed := map[string]bool{}
	rest := slices.Clone(kinds)
	for len(rest) > 0 {
		var level, later []*Kind
		for _, k := range rest {
			if slices.ContainsFunc(k.Update.After, func(name string) bool { return !placed[name] }) {
				later = append(later, k)
			} else {
				level = append(level, k)
			}
		}
		if len(level) == 0 {
			return nil, fmt.Errorf("kinds that are after each other, or after one that does not exist: %s", strings.Join(kindNames(later), ", "))
		}
		for _, k := range level {
			placed[k.Name] = true
		}
		levels, rest = append(levels, level), later
	}
	return levels, nil
}

func kindNames(kinds []*Kind) []string {
	return list.Each(kinds, func(k *Kind) string { return k.Name })
}
