package cli

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"authsync/cli/line"
	"authsync/cli/progress"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/schema/lang"
	"authsync/schema/list"
)

func isTerminal(stream any) bool {
	f := fileOf(stream)
	return f != nil && isatty.IsTerminal(f.Fd())
}

// approve asks a person, and accepts only yes. Without a person, or if the person
// could not see the plan, the answer is no.
func approve(s Streams, question string) error {
	if !isTerminal(s.In) {
		return &exit{CodeRefused, errors.New("refused: no approval: there is no terminal to ask at, and no --yes")}
	}
	if unread, _ := lost(s.Out); unread {
		return &exit{CodeRefused, errors.New("refused: no approval: standard output was closed before all was shown that is asked about")}
	}
	say.Fprintf(s.Err, "\n%s? only yes is taken for an answer: ", question)
	answer, _ := bufio.NewReader(s.In).ReadString('\n')
	if strings.TrimSpace(answer) != "yes" {
		return &exit{CodeRefused, errors.New("refused: not approved, nothing was written")}
	}
	return nil
}

// palette is how a text for a stream looks.
func (s selection) palette(w io.Writer) render.Palette {
	if s.plain {
		w = io.Discard
	}
	return render.Palette{Colours: coloursFor(w), Language: s.language}
}

func coloursFor(w io.Writer) map[string]string {
	noColor, _ := lookupEnv("NO_COLOR")
	term, _ := lookupEnv("TERM")
	if noColor != "" || term == "dumb" || !isTerminal(w) {
		return nil
	}
	return render.Colours
}

func readProgress(c *cli.Context) (*progress.Progress, error) {
	told := progress.Steps
	switch {
	case c.Bool("quiet") && c.Bool("verbose"):
		return nil, errors.New("--quiet and --verbose: give one of them")
	case c.Bool("quiet"):
		told = progress.Results
	case c.Bool("verbose"):
		told = progress.Calls
	}
	around := progress.Surroundings{Err: c.App.ErrWriter, LookupEnv: lookupEnv}
	if isTerminal(around.Err) {
		around.Size = terminalSize(around.Err)
	}
	return progress.New(told, around), nil
}

// terminalSize returns a function that asks a terminal for its current size.
func terminalSize(w io.Writer) func() (columns, rows int) {
	return func() (int, int) {
		if f := fileOf(w); f != nil {
			if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
				return columns, rows
			}
		}
		return 80, 24
	}
}

// speaking gives every command the flag that says in which language it speaks. What is
// chosen goes into spoken, for what is said after the command has ended.
func speaking(commands []*cli.Command, spoken *lang.Language) []*cli.Command {
	for _, c := range commands {
		if len(c.Subcommands) == 0 && !c.SkipFlagParsing {
			c.Flags = append(c.Flags, languageFlag(spoken))
		}
		speaking(c.Subcommands, spoken)
	}
	return commands
}

func languageFlag(spoken *lang.Language) cli.Flag {
	choices := list.Each(lang.Languages, func(l lang.Language) line.Choice { return line.Choice{Word: string(l)} })
	means := func(name string) string {
		if l, known := lang.Named(name); known {
			return string(l)
		}
		return name
	}
	return line.OneOf{Choices: choices, Means: means, StringFlag: &cli.StringFlag{
		Name: "lang", Usage: "the `LANGUAGE` of headings, gates and hints: " + line.Spell(choices, "or") + "; else that of the locale",
		Action: func(c *cli.Context, _ string) error {
			*spoken = languageOf(c)
			return nil
		},
	}}
}

// languageOf is the language of a command's output.
func languageOf(c *cli.Context) lang.Language {
	if name := c.String("lang"); name != "" {
		l, _ := lang.Named(name)
		return l
	}
	return localLanguage()
}

// localLanguage is that of the locale, as POSIX has it: the first variable that is set
// counts.
func localLanguage() lang.Language {
	all, _ := lookupEnv("LC_ALL")
	messages, _ := lookupEnv("LC_MESSAGES")
	usual, _ := lookupEnv("LANG")
	l, _ := lang.Named(cmp.Or(all, messages, usual))
	return l
}
