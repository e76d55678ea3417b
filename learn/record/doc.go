// Package record makes a sandbox's seed of what is live, without a secret and without
// a name: whoever gets it can play the environment and learns nothing of its owner.
//
// Every text that is not one of a fixed choice is replaced by another of the same
// length and form; the same text is replaced by the same one. The key of that is drawn
// for one run and is kept nowhere. What is known of the services goes along, as quirks.
//
// It must make no call and write no file. Begin reading at [Seed], then at pseudonym.go.
package record
