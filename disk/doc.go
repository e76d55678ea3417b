// Package disk reads what lies on disk without trusting it.
//
// What a manifest names or a folder holds may be anything: a pipe that never
// answers, a device that never ends, a link that leads out of the repository.
// [Bounds.Read] takes regular files of a bounded size inside the repository
// alone. What a person names on the command line may be a pipe: [ReadGiven].
// [Folder] is a directory in which authsync keeps state of its own, and in
// which somebody else may have put something. The package knows nothing of
// what the files hold. Begin reading at read.go.
package disk
