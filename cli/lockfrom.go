package cli

import (
	"github.com/urfave/cli/v2"

	"authsync/git"
)

func lockFromFlag() cli.Flag {
	return &cli.StringFlag{Name: "lock-from", Usage: "read locks as they are at the git revision `REF`: a pull request can write its own"}
}

// lockFrom returns how to read locks at the flag's revision; nil = from files.
func lockFrom(c *cli.Context) func(path string) ([]byte, error) {
	if !c.IsSet("lock-from") {
		return nil
	}
	ref := c.String("lock-from")
	return git.At(ref, "--lock-from "+ref).Read
}
