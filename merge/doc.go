// Package merge merges two versions of a file of authsync's by what they say, object by
// object and field by field, and not by lines.
//
// [Texts] takes the file as it was, and as two branches have it. What one of them alone
// has changed is taken, and what both have changed alike. All else is a contradiction:
// it is told with its place, and both sides stay in the text, between markers. The rules
// of manifests, locks and vaults are data, in rules.go. The package runs no program and
// reads no file; a merge by lines, which keeps the comments of both sides, is lent to it
// and believed only where it says what the merge by fields says.
//
// Begin with [Texts], then tree.go.
package merge
