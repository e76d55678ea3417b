// Package line reads the command line, and says what may stand in one: flags in
// any place, usage errors, completion of a shell, and the man page.
//
// It must not know what a command does: commands and their flags are passed in,
// and a flag carries its own choices. Streams, version and exit codes are passed
// in as well. Begin reading at [Line], then at [Arrange].
package line
