package line

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"authsync/schema"
	"authsync/schema/list"
)

// Arrange rewrites a command line for the library, which accepts flags only before
// other words: the command, its flags with their values, and after -- the rest. If the
// line is wrong, it returns one error.
func Arrange(app *cli.App, args []string) ([]string, error) {
	if len(args) < 2 {
		return args, nil
	}
	l := Read(app, args[1:])
	if l.version && len(l.Commands) == 0 {
		return []string{args[0], "version"}, nil
	}
	if err := l.Fault(app); err != nil {
		return nil, err
	}
	arranged := append(args[:1:1], list.Each(l.Commands, commandName)...)
	if l.help {
		return append(arranged, "--help"), nil
	}
	for _, g := range l.Flags {
		word := "--" + g.Name
		if TakesValue(g.Flag) || g.joined {
			word += "=" + g.Value
		}
		arranged = append(arranged, word)
	}
	if c := l.command(); len(l.Words) > 0 && !(c != nil && c.SkipFlagParsing) {
		arranged = append(arranged, "--")
	}
	return append(arranged, l.Words...), nil
}

// Fault returns the first error of a line, or nil. A line that asks for help has none.
func (l *Line) Fault(app *cli.App) error {
	if l.misnamed != "" {
		return schema.Unknown("command", l.misnamed, list.Each(shown(l.below), commandName))
	}
	if l.help {
		return nil
	}
	err := l.wrongFlag(app)
	if c := l.command(); err == nil && c != nil && len(l.Words) > 0 && c.ArgsUsage == "" {
		err = l.unwanted(c)
	}
	if err != nil {
		return fmt.Errorf("%w (see %s --help)", err, l.name())
	}
	return nil
}

// wrongFlag returns the first error of the flags.
func (l *Line) wrongFlag(app *cli.App) error {
	if len(l.unknown) > 0 {
		return l.unknownFlag(l.unknown[0])
	}
	seen := map[string]struct{}{}
	for _, g := range l.Flags {
		var own cli.Flag
		if c := l.command(); c != nil {
			own = FlagNamed(c.Flags, g.Name)
		}
		if own == nil {
			return l.misplaced(app, g)
		}
		dashed := Dashes(g.Name)
		switch wants := wantedBy(own, g); {
		case g.NoValue:
			return fmt.Errorf("%s takes a value", dashed)
		case TakesValue(own) && g.Value == "":
			return fmt.Errorf("%s takes a value, and this one is empty", dashed)
		case wants != "":
			return fmt.Errorf("%s takes %s, not %q", dashed, wants, g.Value)
		}
		name := own.Names()[0]
		if _, twice := seen[name]; twice && !repeats(own) {
			return fmt.Errorf("--%s is given twice, and takes one value", name)
		}
		seen[name] = struct{}{}
	}
	return nil
}

// unknownFlag returns the error of an unknown flag, with the most similar one.
func (l *Line) unknownFlag(word string) error {
	written, _, _ := strings.Cut(word, "=")
	var long []string
	if c := l.command(); c != nil {
		long = list.Each(c.Flags, func(f cli.Flag) string { return f.Names()[0] })
	}
	name := strings.TrimLeft(written, "-")
	near := schema.Nearest(name, long)
	if len(name) == 1 {
		at := slices.IndexFunc(long, func(l string) bool { return strings.HasPrefix(l, name) })
		if at >= 0 {
			near = long[at]
		}
	}
	if near == "" {
		return fmt.Errorf("unknown flag %s", written)
	}
	return fmt.Errorf("unknown flag %s, did you mean --%s?", written, near)
}

// misplaced returns the error of a flag that belongs to other commands.
func (l *Line) misplaced(app *cli.App, g Given) error {
	owners := list.Only(Commands(app.Commands), func(c Placed) bool { return FlagNamed(c.Command.Flags, g.Name) != nil })
	text := fmt.Sprintf("%s is a flag of %s", Dashes(g.Name), list.Join(owners, ", ", func(c Placed) string { return c.Name }))
	if l.command() == nil {
		return errors.New(text + "; name the command")
	}
	return fmt.Errorf("%s, not of %s", text, strings.TrimPrefix(l.name(), "authsync "))
}

// unwanted returns the error of a word for a command that takes none.
func (l *Line) unwanted(c *cli.Command) error {
	name := strings.TrimPrefix(l.name(), "authsync ")
	for _, f := range c.Flags {
		if p := Placeholder(f); p == "FILE" || p == "DIR" {
			return fmt.Errorf("%s takes no %q, did you mean --%s %s?", name, l.Words[0], f.Names()[0], l.Words[0])
		}
	}
	return fmt.Errorf("%s takes no %q", name, l.Words[0])
}

// wantedBy returns what a flag takes, if its value does not fit.
func wantedBy(f cli.Flag, g Given) string {
	var err error
	wants := ""
	switch f := f.(type) {
	case OneOf:
		word := g.Value
		if f.Means != nil {
			word = f.Means(word)
		}
		if wants = Spell(f.Choices, "or"); !slices.Contains(f.Choices, Choice{Word: word}) {
			return wants
		}
	case *cli.BoolFlag:
		if wants = "no value, or =true or =false"; g.joined {
			_, err = strconv.ParseBool(g.Value)
		}
	case *cli.IntFlag:
		wants = "a whole number"
		_, err = strconv.ParseInt(g.Value, 0, 0)
	case *cli.DurationFlag:
		wants = "a time such as 30s or 2m"
		_, err = time.ParseDuration(g.Value)
	}
	if err == nil {
		return ""
	}
	return wants
}

// repeats reports whether a flag may be given more than once.
func repeats(f cli.Flag) bool {
	g, ok := f.(cli.DocGenerationSliceFlag)
	return !TakesValue(f) || ok && g.IsSliceFlag()
}

func Dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// Placeholder returns the name of a flag's value in its description.
func Placeholder(f cli.Flag) string {
	g, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return ""
	}
	_, rest, _ := strings.Cut(g.GetUsage(), "`")
	name, _, _ := strings.Cut(rest, "`")
	return name
}

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
