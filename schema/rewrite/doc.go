// Package rewrite changes the text of a YAML file that a person owns: it seals,
// opens and replaces values where they stand, and leaves every other byte as it
// is. [ReplaceScalar] seals one value, [Document] replaces all sealed texts of a
// file, [Unseal] shows a manifest in clear for an editor and seals it again.
//
// It knows YAML and where secrets stand. It knows no service, no lock and no
// plan: what a value should be is decided by those who call it. Begin with
// place in splice.go, which is a value and the bytes that spell it.
package rewrite
