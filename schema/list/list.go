// Package list has what package slices lacks: what is made of each item of a list.
//
// It must not know what the items are. Begin reading at [Each].
package list

import (
	"cmp"
	"slices"
	"strings"
)

// Each returns what of makes of each item; nil of none.
func Each[T, U any](all []T, of func(T) U) []U {
	var made []U
	for _, one := range all {
		made = append(made, of(one))
	}
	return made
}

// Flat returns what of makes of each item, in one list.
func Flat[T, U any](all []T, of func(T) []U) []U {
	var made []U
	for _, one := range all {
		made = append(made, of(one)...)
	}
	return made
}

// Only returns the items that are so.
func Only[T any](all []T, so func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !so(one) })
}

// First returns the first item that is so; the zero value of none.
func First[T any](all []T, so func(T) bool) (first T) {
	if at := slices.IndexFunc(all, so); at >= 0 {
		return all[at]
	}
	return first
}

// Join returns what of makes of each item, with a separator between.
func Join[T any](all []T, separator string, of func(T) string) string {
	return strings.Join(Each(all, of), separator)
}

// Count returns how many items are so.
func Count[T any](all []T, so func(T) bool) int {
	n := 0
	for _, one := range all {
		if so(one) {
			n++
		}
	}
	return n
}

// Distinct returns the items sorted, each once.
func Distinct[T cmp.Ordered](all []T) []T {
	all = slices.Clone(all)
	slices.Sort(all)
	return slices.Compact(all)
}

// Set returns what of makes of the items, each as true.
func Set[T any, K comparable](all []T, of func(T) K) map[K]bool {
	set := make(map[K]bool, len(all))
	for _, one := range all {
		set[of(one)] = true
	}
	return set
}

// Groups puts the items of each key together, in the order of the first of each.
func Groups[K comparable, T any](all []T, key func(T) K) [][]T {
	var groups [][]T
	at := map[K]int{}
	for _, one := range all {
		i, known := at[key(one)]
		if !known {
			i = len(groups)
			at[key(one)], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], one)
	}
	return groups
}
