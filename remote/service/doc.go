// Package service is what the clients of all systems have in common: making a
// call and opening the envelope of its answer, tokens and credentials, reading a
// list to its end, and finding the wanted among live objects.
//
// It knows no system, no kind and no wire name: those that use it say them, and
// sign and judge by functions of their own. Begin with [Client].
package service
