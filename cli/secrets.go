package cli

import "github.com/urfave/cli/v2"

func secretsCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "secrets",
		Usage:     "seal, open, edit and check secrets, and make keys",
		UsageText: "authsync secrets COMMAND [flags]\n\nexample: authsync secrets seal --in envs/prod.yaml",
		Subcommands: []*cli.Command{
			stoppable(keygenCommand(s), errStoppedKeeping), rooted(stoppable(sealCommand(s), errStoppedKeeping)),
			rooted(stoppable(setCommand(s), errStoppedKeeping)), rooted(reading(openCommand(s))), rooted(editCommand(s)),
			rooted(stoppable(rekeyCommand(s), errStoppedKeeping)), rooted(rotateCommand(s)), rooted(reading(secretsCheckCommand(s))),
		},
	}
}
