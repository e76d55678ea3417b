package line

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// Usable replaces the library's error handling: for a wrong flag it prints the whole
// help to standard output, and it takes a wrong subcommand for a question about help.
// [Arrange] finds errors before the library does; an error that the library still
// finds is also one line.
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
