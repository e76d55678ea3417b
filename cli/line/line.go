// Package line is the grammar of the command line: flags in any place, usage errors,
// completion for shells, and the man page.
//
// It must not know what a command does: commands and their flags are passed in, and a
// flag has its own choices. Streams, version and exit codes are passed in as well.
// Begin reading at [Line], then at [Arrange].
package line

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/schema/list"
)

// Line is a parsed command line. Flags may be anywhere: before the command, between a
// command and its subcommand, before and after paths.
type Line struct {
	Commands []*cli.Command // outermost first; none = authsync itself
	Flags    []Given
	unknown  []string       // flags that no command has, as written
	Words    []string       // the other words: paths and keys
	help     bool           // help is asked for, by a flag or by the word help
	version  bool           // the version is asked for, without a command
	ended    bool           // after --: only words follow
	open     cli.Flag       // the last flag, if it still lacks its value
	below    []*cli.Command // the commands that the next word may name
	misnamed string         // a word in the place of a command that is not one
}

// Given is a flag as it was given.
type Given struct {
	Flag    cli.Flag
	Name    string // without dashes
	Value   string
	joined  bool // the value follows after =
	NoValue bool // the value is missing
}

// Read parses the words after the program's name. It never fails: [Line.Fault] returns
// what is wrong.
func Read(app *cli.App, words []string) Line {
	l := Line{below: app.Commands}
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case l.ended || word == "-" || !strings.HasPrefix(word, "-"):
			if command := l.readWord(word); command != nil && command.SkipFlagParsing {
				l.Words = words[i+1:]
				return l
			}
		case word == "--":
			l.ended = true
		default:
			all := l.readFlag(app, word)
			l.Flags = append(l.Flags, all...)
			if len(all) > 0 && l.readValue(app, words[i+1:]) {
				i++
			}
		}
	}
	return l
}

// readWord reads a word that is not a flag, and returns the command that it names, if
// it is one.
func (l *Line) readWord(word string) *cli.Command {
	switch {
	case len(l.below) == 0 || l.misnamed != "":
		l.Words = append(l.Words, word)
		return nil
	case word == "help" && !l.ended:
		l.help = true
		return nil
	}
	command := list.First(l.below, func(c *cli.Command) bool { return c.HasName(word) })
	if command == nil {
		l.misnamed = word
		return nil
	}
	l.Commands, l.below = append(l.Commands, command), command.Subcommands
	return command
}

// readValue takes the next word as the value of the last flag, if the flag lacks one,
// and reports whether it did.
func (l *Line) readValue(app *cli.App, next []string) bool {
	last := &l.Flags[len(l.Flags)-1]
	switch {
	case !last.NoValue:
		return false
	case len(next) == 0:
		l.open = last.Flag
		return false
	case next[0] == "--" || l.knows(app, next[0]):
		return false
	}
	last.Value, last.NoValue = next[0], false
	return true
}

// readFlag reads one word that begins with a dash: a flag, or several of one
// letter (-yi FILE).
func (l *Line) readFlag(app *cli.App, word string) []Given {
	name, value, joined := strings.Cut(strings.TrimLeft(word, "-"), "=")
	f := l.lookup(app, name)
	switch {
	case name == "h" || name == "help":
		l.help = true
		return nil
	case f != nil:
		return []Given{{Flag: f, Name: name, Value: value, joined: joined, NoValue: TakesValue(f) && !joined}}
	case (name == "v" || name == "version") && len(l.Commands) == 0:
		l.version = true
		return nil
	}
	letters := name
	if strings.HasPrefix(word, "--") {
		letters = ""
	}
	var all []Given
	for i := range letters {
		letter, last := letters[i:i+1], i+1 == len(letters)
		f := l.lookup(app, letter)
		if f == nil || TakesValue(f) && !last {
			break // -iFILE may also be a misspelt long name
		}
		if last {
			return append(all, Given{Flag: f, Name: letter, Value: value, joined: joined, NoValue: TakesValue(f) && !joined})
		}
		all = append(all, Given{Flag: f, Name: letter})
	}
	l.unknown = append(l.unknown, word)
	return nil
}

// lookup finds a flag by its name: one of the current command, or else of any, since
// the command may follow.
func (l *Line) lookup(app *cli.App, name string) cli.Flag {
	if n := len(l.Commands); n > 0 {
		if f := FlagNamed(l.Commands[n-1].Flags, name); f != nil {
			return f
		}
	}
	return FlagNamed(list.Flat(Commands(app.Commands), func(c Placed) []cli.Flag { return c.Command.Flags }), name)
}

// knows reports whether a word is a flag, and so not a value.
func (l *Line) knows(app *cli.App, word string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	return strings.HasPrefix(word, "-") && l.lookup(app, name) != nil
}

func (l *Line) command() *cli.Command {
	if len(l.Commands) == 0 {
		return nil
	}
	return l.Commands[len(l.Commands)-1]
}

// name returns what to type for the command of the line.
func (l *Line) name() string {
	return strings.Join(append([]string{"authsync"}, list.Each(l.Commands, commandName)...), " ")
}

func commandName(c *cli.Command) string { return c.Name }

func FlagNamed(flags []cli.Flag, name string) cli.Flag {
	return list.First(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
}

func TakesValue(f cli.Flag) bool {
	g, ok := f.(cli.DocGenerationFlag)
	return ok && g.TakesValue()
}

// Placed is a command with the words to type for it.
type Placed struct {
	Name    string // without the program's
	Command *cli.Command
}

// Commands returns the visible commands of a tree, each before its subcommands.
func Commands(commands []*cli.Command) []Placed {
	return list.Flat(shown(commands), func(c *cli.Command) []Placed {
		below := list.Each(Commands(c.Subcommands), func(sub Placed) Placed { return Placed{c.Name + " " + sub.Name, sub.Command} })
		return append([]Placed{{c.Name, c}}, below...)
	})
}

func shown(commands []*cli.Command) []*cli.Command {
	return list.Only(commands, func(c *cli.Command) bool { return !c.Hidden })
}
