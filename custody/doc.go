// Package custody knows who can open which secret in a repository: it seals, opens and
// reseals the secrets of manifests and of the files beside them, checks to whom they
// are sealed, and lists what a leaving person could read.
//
// It must not know the terminal, flags, passphrases or the services: identities are
// passed in, and results are returned as data. Begin reading at [Repository], then at
// [Repository.Check].
package custody
