// Package custody knows who can open what in a repository: it seals, opens and
// reseals the secrets of manifests and of what lies beside them, checks to whom
// they are sealed, and lists what somebody who leaves could read.
//
// It must not know the terminal, flags, passphrases or the services: identities
// are passed in, and what it did is returned as data. Begin reading at
// [Repository], then at [Repository.Check].
package custody
