// Package line is the grammar of the command line: flags in any place, usage errors,
// completion for shells, and the man page.
//
// It must not know what a command does: commands and their flags are passed in, and a
// flag has its own choices. Streams, version and exit codes are passed in as well.
// Begin reading at [Line], then at [Arrange].
package line
