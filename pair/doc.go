// Package pair holds two environments against each other.
//
// [Compare] says what differs between them, by their manifests or by what is live,
// and sets apart what each environment has for itself: see [schema.Kind.Scope].
// [Promote] lays out what makes the manifest of one say what the other says, and
// what stays as it is. It makes no call and writes no file, and it knows no terminal.
// A secret of one environment never gets into the other: where a new object needs
// one, a value that is to be set stands in its place.
//
// Begin with side.go and compare.go, then promote.go.
package pair
