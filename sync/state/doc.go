// Package state is what this machine keeps of the runs of an environment, in a
// directory beside the manifest: who is applying now, a journal of each run, and a
// snapshot of what the run was about to touch.
// It knows files, numbers and marks; it knows no plan, object or service: what it
// is given are names and texts. Whatever lies in the directory may be a stranger's:
// see [disk.Folder] and [MachineKey].
// Begin with [Runs]; numbered.go says how its files are ordered.
package state
