package cli

import (
	"io"
	"os"

	"authsync/cli/say"
	"authsync/custody"
	"authsync/disk"
)

// warnOpen warns that others may read a file with a private key. A pipe cannot be read
// by others.
func warnOpen(w io.Writer, file string, text []byte) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || !disk.OpenToOthers(info) || custody.NoSecret(text) {
		return
	}
	say.Fprintf(w, "warning: %s: holds a private key, and others can read it (mode %04o): chmod 600 it\n", file, info.Mode().Perm())
}

// warnOpenOutput warns that a private key was written to a file that others may read.
func warnOpenOutput(w io.Writer, out io.Writer) {
	f := fileOf(out)
	if f == nil {
		return
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() && disk.OpenToOthers(info) {
		say.Fprintf(w, "warning: the private key went to a file that others can read (mode %04o): chmod 600 it; --out FILE makes one for its owner alone\n", info.Mode().Perm())
	}
}
