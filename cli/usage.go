package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// usable makes commands answer without the library's own ways: it prints the
// whole help to standard output for a wrong flag, and takes a wrong name below
// a command for a question about its help. [arrange] has found what is wrong
// with a line before; what the library may still find is one line too.
func usable(commands []*cli.Command) []*cli.Command {
	for _, c := range commands {
		c.OnUsageError = usageError
		c.HideHelpCommand = true
		usable(c.Subcommands)
		if len(c.Subcommands) > 0 && c.Action == nil {
			c.Action = cli.ShowSubcommandHelp
		}
	}
	return commands
}

func usageError(c *cli.Context, err error, _ bool) error {
	name := "authsync"
	if c.Command != nil && c.Command.HelpName != "" {
		name = c.Command.HelpName
	}
	return fmt.Errorf("%w (see %s --help)", err, name)
}
