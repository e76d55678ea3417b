package cli

import (
	"cmp"
	"fmt"

	"github.com/urfave/cli/v2"

	"authsync/cli/line"
	"authsync/schema/lang"
	"authsync/schema/list"
)

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
	return line.OneOf{Choices: choices, StringFlag: &cli.StringFlag{
		Name: "lang", Usage: "the `LANGUAGE` of headings, gates and hints: " + line.Spell(choices, "or") + "; else that of the locale",
		Action: func(_ *cli.Context, name string) error {
			l, known := lang.Named(name)
			if !known {
				return fmt.Errorf("--lang takes %s, not %q", line.Spell(choices, "or"), name)
			}
			*spoken = l
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
