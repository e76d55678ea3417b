// Package rehearse makes a plan's calls on a copy of live, in the sandbox and in
// memory: once under each combination of the quirks that are not known and matter to
// the calls. So it finds what only running shows.
//
// It makes no request to a service, and the copy is made of what the plan has read.
// It must not change the plan, its lock or its vault, and it decides nothing: a
// [sync.Rehearsal] tells.
//
// Begin reading with [Plan], then matter.go (which quirks), cover.go (which
// combinations), copy.go (what is copied) and judge.go (what counts as otherwise).
package rehearse
