// Package rewrite changes values in the text of a YAML file that a person owns, and
// leaves every other byte unchanged. [Apply] sets, adds and removes values at paths.
// [ReplaceScalar] seals one value, [Document] replaces all sealed texts of a file,
// [Unseal] shows a manifest in clear for an editor and seals it again.
//
// It knows YAML and the places of secrets; it must not know a service, a lock or a
// plan, nor decide what a value should be. Every result is parsed again and compared
// with the request before it is returned.
//
// Begin reading with [Apply]. A page is a parsed text, a slot the place of a value in
// it (slot.go), an extent the bytes of the value (extent.go). Values are written by
// spell.go, put in place by value.go, and added and removed by entry.go.
package rewrite
