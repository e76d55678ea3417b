// Package service is what the clients of all systems have in common: making a call and
// opening the envelope of its answer, tokens and credentials, reading a list to its
// end, and matching live objects with wanted ones.
//
// It must not know a system, a kind or a wire name: its users pass them in, with
// functions that sign and judge. Begin reading with [Client].
package service
