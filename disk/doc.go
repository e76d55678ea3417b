// Package disk reads and writes files without trusting them.
//
// A file that a manifest names may be anything: a pipe that never answers, a device
// that never ends, a link that leads out of the repository. [Bounds.Read] reads only
// regular files of limited size in the repository. A file that the user names may be a
// pipe: [ReadGiven]. [Folder] is a directory with authsync's own files, into which
// somebody else may have put some.
//
// The package must not know what the files contain. Begin reading at read.go.
package disk
