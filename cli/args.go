package cli

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange moves the flags of a command before its paths, since the library
// stops looking for flags at the first word that is none. `--` ends the flags.
func arrange(app *cli.App, args []string) []string {
	if len(args) < 2 {
		return args
	}
	head, rest := args[:1:1], args[1:]
	var flags []cli.Flag
	commands := app.Commands
	for len(rest) > 0 {
		command := commandNamed(commands, rest[0])
		if command == nil {
			break
		}
		head, rest = append(head, rest[0]), rest[1:]
		flags, commands = command.Flags, command.Subcommands
	}
	valued := map[string]struct{}{}
	for _, f := range flags {
		if g, ok := f.(cli.DocGenerationFlag); ok && g.TakesValue() {
			for _, name := range f.Names() {
				valued[name] = struct{}{}
			}
		}
	}
	var before, after []string
	for i := 0; i < len(rest); i++ {
		word := rest[i]
		if word == "--" {
			after = append(after, rest[i+1:]...)
			break
		}
		if !strings.HasPrefix(word, "-") || word == "-" {
			after = append(after, word)
			continue
		}
		before = append(before, word)
		if _, takes := valued[strings.TrimLeft(word, "-")]; !takes {
			continue
		}
		if i++; i == len(rest) {
			return append(head, before...) // a value is missing: nothing may look like it
		}
		before = append(before, rest[i])
	}
	if len(after) > 0 && len(head) > 1 {
		before = append(before, "--")
	}
	return append(append(head, before...), after...)
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}
