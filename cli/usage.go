package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/schema"
)

// usable makes commands answer a wrong flag or name with one line. Left alone,
// the library prints the whole help to standard output for a wrong flag, and
// takes a wrong name below a command for a question about its help.
func usable(commands []*cli.Command) []*cli.Command {
	for _, c := range commands {
		c.OnUsageError = usageError
		if len(c.Subcommands) == 0 {
			c.HideHelpCommand = true
			continue
		}
		usable(c.Subcommands)
		c.Action = unknownCommand(c.Subcommands)
	}
	return commands
}

// usageError says what is wrong with a flag, and where its right use is
// described.
func usageError(c *cli.Context, err error, _ bool) error {
	name := "authsync"
	if c.Command != nil && c.Command.HelpName != "" {
		name = c.Command.HelpName
	}
	text := err.Error()
	if flag, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		text = "unknown flag --" + flag
		if near := schema.Nearest(flag, flagNames(c)); near != "" {
			text += ", did you mean --" + near + "?"
		}
	} else if flag, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		text = "--" + strings.TrimPrefix(flag, "-") + " takes a value"
	} else {
		text = strings.Replace(text, " for flag -", " for --", 1)
	}
	return fmt.Errorf("%s (see %s --help)", text, name)
}

func flagNames(c *cli.Context) []string {
	var names []string
	if c.Command == nil {
		return nil
	}
	for _, f := range c.Command.Flags {
		names = append(names, f.Names()...)
	}
	return names
}

// unknownCommand runs where none of the commands is named.
func unknownCommand(commands []*cli.Command) cli.ActionFunc {
	var names []string
	for _, command := range commands {
		names = append(names, command.Name)
	}
	return func(c *cli.Context) error {
		name := c.Args().First()
		if name == "" {
			return cli.ShowSubcommandHelp(c)
		}
		if near := schema.Nearest(name, names); near != "" {
			return fmt.Errorf("unknown command %q, did you mean %s?", name, near)
		}
		return fmt.Errorf("unknown command %q; there are %s", name, strings.Join(names, ", "))
	}
}
