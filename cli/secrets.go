package cli

import "github.com/urfave/cli/v2"

func secretsCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "secrets",
		Usage:     "seal, open, edit and check secrets, and make keys",
		UsageText: "authsync secrets COMMAND [flags]\n\nexample: authsync secrets seal --in envs/prod.yaml",
		Subcommands: append(
			append(rooted(stoppable(openCommand(s), secretsCheckCommand(s))...),
				rooted(sealCommand(s), editCommand(s), rekeyCommand(s), rotateCommand(s))...),
			keygenCommand(s)),
	}
}
