// Authsync keeps the authentication configuration of cloud environments in
// git. See README.md.
package main

import (
	"os"

	"authsync/cli"
)

func main() {
	os.Exit(cli.Main(os.Args, cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
