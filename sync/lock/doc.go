// Package lock keeps what was last applied to an environment: the lock file beside its
// manifest with digests of the secrets, and the vault of tokens that a service shows
// only once.
//
// It knows kinds, values and comparisons; it must not know a service, a plan or a
// step. Begin reading with [Lock], [Open] and [LastApplied], which a comparison asks;
// [Vault] holds the tokens, and choose.go says where both files are.
package lock
