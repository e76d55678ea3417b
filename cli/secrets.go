package cli

import "github.com/urfave/cli/v2"

func secretsCommand(s Streams) *cli.Command {
	return &cli.Command{Name: "secrets", Usage: "seal and open secrets, and make keys",
		Subcommands: []*cli.Command{keygenCommand(s), sealCommand(s), openCommand(s)}}
}
