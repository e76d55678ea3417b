// Package schema says what a manifest may contain, reads and writes manifests, and
// translates their objects to and from the services' names.
//
// A [Kind] is one sort of object as data: the [Type] of each field, the rules between
// fields, and the [Update] rule for its service. No code here checks for a kind by
// name; [Kinds] is the only list of them. A new kind is a new file and a line there.
//
// A [Value] is the content of a field, on its way from a manifest to a service or
// back. [Load] reads manifests and collects every fault with its position, and [Write]
// writes a new manifest; package rewrite edits the text of an existing one.
// [Kind.FromWire] and [Kind.ToWire] translate between a manifest and a service; fields
// that no kind models are carried along as [Unmodelled] values, so that writing an
// object back loses none of them.
//
// [JSONSchema] describes manifests for editors and other programs, and docs/reference
// for people; both are made from the same data.
//
// A field that a manifest leaves out is not managed; a null one is to be cleared.
// Absent, null and "" from a service all mean unset.
//
// The package must not know a service's calls, a lock or a plan. Begin reading with
// [Kind] in kind.go and [Value] in value.go, then with a kind such as [Client].
package schema
