// Package explain says in words what the kinds and systems of package schema hold:
// what a field takes, how an object is created, updated, replaced and deleted.
//
// The sentences are made of the data beside the kinds; none is written for one kind.
// docs/reference puts them on a page, and `authsync explain` prints those of one
// place. It must not know where its sentences are printed. [At] finds the place that a
// path means. Begin reading there.
package explain
