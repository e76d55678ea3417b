// Package pair compares two environments, and promotes one to the other.
//
// [Compare] lists the differences of two manifests or two live states, and marks the
// values that each environment has of its own: see [schema.Kind.Scope]. [Promote]
// returns the edits that make one manifest equal to the other, and what is left out,
// with the reasons. The package makes no call, writes no file and does not know the
// terminal. A secret of one environment is never copied to the other: a new object
// gets a placeholder that has yet to be set.
//
// Begin with side.go and compare.go, then promote.go.
package pair
