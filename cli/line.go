package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// line is a command line, taken apart. Flags may stand anywhere: before the
// command, between a command and its subcommand, before and after paths.
type line struct {
	commands []*cli.Command // as named, outermost first; none is authsync itself
	flags    []given
	unknown  []string // flags that no command has, as written
	words    []string // what is left: paths and keys
	help     bool     // asked for, by a flag or by the word help
	version  bool     // asked for, where no command is named
	ended    bool     // -- was there: all that follows are words
	open     cli.Flag // the last flag, if it still lacks its value
	misnamed string   // a word where a command belongs, and is none
}

// given is a flag as it was given.
type given struct {
	flag   cli.Flag
	name   string // without dashes
	value  string
	joined bool // to its value, by =
	bare   bool // the value is missing
}

// readLine takes the words after the program's name apart. It never fails: what
// is wrong with a line is said by [line.fault].
func readLine(app *cli.App, words []string) line {
	l := line{}
	below := app.Commands
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case l.ended || word == "-" || !strings.HasPrefix(word, "-"):
			if len(below) == 0 || l.misnamed != "" {
				l.words = append(l.words, word)
				continue
			}
			if word == "help" && !l.ended {
				l.help = true
				continue
			}
			command := commandNamed(below, word)
			if command == nil {
				l.misnamed = word
				continue
			}
			l.commands, below = append(l.commands, command), command.Subcommands
			if command.SkipFlagParsing {
				l.words = words[i+1:]
				return l
			}
		case word == "--":
			l.ended = true
		default:
			all := l.readFlag(app, word)
			l.flags = append(l.flags, all...)
			if n := len(l.flags); len(all) > 0 && l.flags[n-1].bare {
				if i+1 == len(words) {
					l.open = l.flags[n-1].flag
				} else if next := words[i+1]; next != "--" && !l.knows(app, next) {
					l.flags[n-1].value, l.flags[n-1].bare = next, false
					i++
				}
			}
		}
	}
	return l
}

// readFlag reads one word that begins with a dash: a flag, or several of one
// letter (-yi FILE).
func (l *line) readFlag(app *cli.App, word string) []given {
	name, value, joined := strings.Cut(strings.TrimLeft(word, "-"), "=")
	f := l.lookup(app, name)
	switch {
	case name == "h" || name == "help":
		l.help = true
		return nil
	case f != nil:
		return []given{{flag: f, name: name, value: value, joined: joined, bare: takesValue(f) && !joined}}
	case (name == "v" || name == "version") && len(l.commands) == 0:
		l.version = true
		return nil
	}
	letters := name
	if strings.HasPrefix(word, "--") {
		letters = ""
	}
	var all []given
	for i := range letters {
		letter, last := letters[i:i+1], i+1 == len(letters)
		f := l.lookup(app, letter)
		if f == nil || takesValue(f) && !last {
			break // -iFILE may as well be a long name, misspelt
		}
		if last {
			return append(all, given{flag: f, name: letter, value: value, joined: joined, bare: takesValue(f) && !joined})
		}
		all = append(all, given{flag: f, name: letter})
	}
	l.unknown = append(l.unknown, word)
	return nil
}

// lookup finds a flag by its name: one of the command that the line has come
// to, else of any, since the command may yet follow.
func (l *line) lookup(app *cli.App, name string) cli.Flag {
	if n := len(l.commands); n > 0 {
		if f := flagNamed(l.commands[n-1].Flags, name); f != nil {
			return f
		}
	}
	for _, c := range allCommands(app.Commands) {
		if f := flagNamed(c.command.Flags, name); f != nil {
			return f
		}
	}
	return nil
}

// knows reports whether a word is a flag, and so not the value of one.
func (l *line) knows(app *cli.App, word string) bool {
	name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
	return strings.HasPrefix(word, "-") && l.lookup(app, name) != nil
}

// command is the command that the line names, or nil.
func (l *line) command() *cli.Command {
	if len(l.commands) == 0 {
		return nil
	}
	return l.commands[len(l.commands)-1]
}

// name is what to type for the command of the line.
func (l *line) name() string {
	name := "authsync"
	for _, c := range l.commands {
		name += " " + c.Name
	}
	return name
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

func flagNamed(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	g, ok := f.(cli.DocGenerationFlag)
	return ok && g.TakesValue()
}

// placed is a command and what to type for it.
type placed struct {
	name    string // without the program's
	command *cli.Command
}

// allCommands are the commands of a tree that people may use, each before those
// below it.
func allCommands(commands []*cli.Command) []placed {
	var all []placed
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		all = append(all, placed{c.Name, c})
		for _, sub := range allCommands(c.Subcommands) {
			all = append(all, placed{c.Name + " " + sub.name, sub.command})
		}
	}
	return all
}
