// Package merge merges two versions of a manifest, lock or vault by content, object by
// object and field by field, not by lines.
//
// [Texts] merges three versions: the common ancestor, ours and theirs. A change that
// one side made, or that both made alike, is taken. Every other change is a conflict:
// it is reported with its path, and both sides stay in the text, between markers. The
// rules of manifests, locks and vaults are data, in rules.go. The package runs no
// program and reads no file. The caller passes a merge by lines, which keeps the
// comments of both sides. Its result is used only if it has the same content as the
// merge by fields.
//
// Begin with [Texts], then tree.go.
package merge
