// Package rewrite changes the text of a YAML file that a person owns, and
// leaves every byte as it is that does not spell a value that changes.
// [Apply] sets, adds and removes values at paths. [ReplaceScalar] seals one
// value, [Document] replaces all sealed texts of a file, [Unseal] shows a
// manifest in clear for an editor and seals it again.
//
// It knows YAML and where secrets stand. It knows no service, no lock and no
// plan: what a value should be is decided by those who call it. Every result is
// parsed again and compared with what was asked for before it is returned.
//
// Begin with [Apply]. A page is a parsed text, a slot is a value's place in it
// (slot.go), an extent the bytes that spell it (extent.go). Values are written
// by spell.go, put in place by value.go, and added and removed by entry.go.
package rewrite
