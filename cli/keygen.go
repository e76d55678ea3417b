package cli

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/secrets"
)

func keygenCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "keygen",
		Usage:     "make an age identity, in age-keygen's format, on standard output",
		UsageText: "authsync secrets keygen [--pq] > key.txt\n\nexample: authsync secrets keygen > key.txt",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "pq", Usage: "make a post-quantum hybrid key"},
		},
		Action: func(c *cli.Context) error {
			kind := secrets.X25519
			if c.Bool("pq") {
				kind = secrets.PostQuantum
			}
			recipient, err := secrets.GenerateIdentity(s.Out, kind, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(s.Err, "Public key: %s\n", recipient)
			return nil
		},
	}
}
