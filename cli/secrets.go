package cli

import "github.com/urfave/cli/v2"

func secretsCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "secrets",
		Usage:     "seal, open, edit and check secrets, and make keys",
		UsageText: "authsync secrets COMMAND [flags]\n\nexample: authsync secrets seal --in envs/prod.yaml",
		Subcommands: []*cli.Command{
			keygenCommand(s), rooted(sealCommand(s)), rooted(setCommand(s)), rooted(stoppable(openCommand(s))), rooted(editCommand(s)), rooted(rekeyCommand(s)),
			rooted(rotateCommand(s)), rooted(stoppable(secretsCheckCommand(s))),
		},
	}
}
