// Package lock keeps what was last applied to an environment: the file beside
// its manifest, the digests of secrets in it, and how it is moved along when
// they are sealed anew.
// It knows kinds, values and comparing; it knows no service, plan or step.
// Begin with [Lock] and [Open]; [LastApplied] is what a comparison asks.
package lock
