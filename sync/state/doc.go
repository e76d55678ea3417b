// Package state is what this machine keeps of the runs of an environment, in a
// directory beside the manifest: the claim of the running apply, a journal of each
// run, and a snapshot of what each run was about to change.
//
// It knows files, numbers and marks; it must not know a plan, an object or a service,
// which it is given as names and texts. Anybody may have put a file into the
// directory: see [disk.Folder] and [MachineKey].
//
// Begin reading with [Runs]; numbered.go orders its files.
package state
