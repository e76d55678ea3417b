// Package schema says what a manifest may hold, reads and writes it, and turns
// its objects into what the services call them.
//
// A [Kind] is one sort of object as data: the [Type] of each of its fields, the
// rules between them, and the [Update] rule by which its service is written to.
// Nothing here knows a kind by its name; [Kinds] is the one list of them, and a
// new kind is a file and a line there.
//
// A [Value] is what a field holds, on its way from a manifest to a service or
// back. [Load] reads manifests and gathers every fault of every file with its
// position, and [Write] writes one anew; package rewrite changes the text of one
// that is there. [Kind.FromWire] and [Kind.ToWire] translate what a
// service says; fields that no kind models travel along as [Unmodelled] values, so
// that writing an object back loses nothing of it.
//
// [JSONSchema] says what a manifest may hold to editors and other programs, and
// docs/reference says it to people; both are made of the same data.
//
// A field that a manifest leaves out is not managed; one that is null is to be
// cleared. What a service sends as absent, null or "" is one and the same unset.
package schema
