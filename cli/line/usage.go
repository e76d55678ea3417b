package line

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// Usable makes commands answer without the library's own ways: it prints the
// whole help to standard output for a wrong flag, and takes a wrong name below
// a command for a question about its help. [Arrange] has found what is wrong
// with a line before; what the library may still find is one line too.
func Usable(commands []*cli.Command) []*cli.Command {
	for _, c := range commands {
		c.OnUsageError = UsageError
		c.HideHelpCommand = true
		Usable(c.Subcommands)
		if len(c.Subcommands) > 0 && c.Action == nil {
			c.Action = cli.ShowSubcommandHelp
		}
	}
	return commands
}

func UsageError(c *cli.Context, err error, _ bool) error {
	name := "authsync"
	if c.Command != nil && c.Command.HelpName != "" {
		name = c.Command.HelpName
	}
	return fmt.Errorf("%w (see %s --help)", err, name)
}
