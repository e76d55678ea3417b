package line

import (
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/schema/explain"
	"authsync/schema/list"
	"authsync/spell"
)

// The scripts ask authsync, by its command __complete, what there is to
// complete; so they need not be made again when it learns a flag.
//
//go:embed completions
var completions embed.FS

// shell is a shell with a script, and the extension of its files.
type shell struct{ name, end string }

var shells = []shell{{"bash", "bash"}, {"zsh", "zsh"}, {"fish", "fish"}, {"powershell", "ps1"}}

func shellNames() string { return list.Join(shells, "|", func(s shell) string { return s.name }) }

// CompletionCommand prints a shell's script.
func CompletionCommand(out io.Writer) *cli.Command {
	return &cli.Command{
		Name:  "completion",
		Usage: "print the script that completes authsync in a shell",
		UsageText: "authsync completion " + shellNames() + "\n\n" +
			"example: authsync completion bash > ~/.local/share/bash-completion/completions/authsync",
		ArgsUsage: shellNames(),
		Description: "The script's first lines say where to put it. It completes commands, flags, files, and what a manifest\n" +
			"names: environments and keys.",
		Action: func(c *cli.Context) error {
			if c.NArg() != 1 {
				return fmt.Errorf("completion takes one shell: %s", shellNames())
			}
			at := slices.IndexFunc(shells, func(s shell) bool { return s.name == c.Args().First() })
			if at < 0 {
				return fmt.Errorf("completion: no script for %q; there are %s", c.Args().First(), shellNames())
			}
			script, err := completions.ReadFile("completions/authsync." + shells[at].end)
			if err != nil {
				return err
			}
			return say.Raw(out, script)
		},
	}
}

// WordsCommand answers the scripts. Its arguments are the words of the line after the
// program's name, the last one with a colon before it, since some shells drop an empty
// word.
func WordsCommand(out io.Writer) *cli.Command {
	return &cli.Command{
		Name:            "__complete",
		Usage:           "what the completion scripts ask",
		Hidden:          true,
		SkipFlagParsing: true,
		ArgsUsage:       "WORD...",
		Action: func(c *cli.Context) error {
			words := c.Args().Slice()
			if len(words) == 0 {
				return nil
			}
			last := len(words) - 1
			o := complete(c.App, words[:last], strings.TrimPrefix(words[last], ":"))
			var text strings.Builder
			for _, one := range o.candidates {
				// The scripts quote a name; a name with unprintable characters cannot
				// be typed.
				if spell.Text(one.value) == one.value {
					fmt.Fprintf(&text, "%s\t%s\n", one.value, spell.Text(one.about))
				}
			}
			fmt.Fprintf(&text, ":%s %s\n", o.files, spell.Text(o.prefix))
			return say.Raw(out, text.String())
		},
	}
}

// candidate is a completion of a word.
type candidate struct{ value, about string }

// filesToo says which files to offer besides the candidates.
type filesToo string

const (
	noFiles     filesToo = "none"
	anyFile     filesToo = "files"
	directories filesToo = "directories"
)

// offer is everything that fits at the end of a line.
type offer struct {
	candidates []candidate
	files      filesToo
	prefix     string // of the word, before a file's name
}

// starting keeps the candidates that begin with a word.
func (o offer) starting(word string) offer {
	o.candidates = slices.DeleteFunc(o.candidates, func(c candidate) bool { return !strings.HasPrefix(c.value, word) })
	return o
}

// after puts a prefix before every candidate.
func (o offer) after(prefix string) offer {
	for i := range o.candidates {
		o.candidates[i].value = prefix + o.candidates[i].value
	}
	o.prefix = prefix + o.prefix
	return o
}

func complete(app *cli.App, before []string, word string) offer {
	l := Read(app, before)
	name, value, joined := strings.Cut(word, "=")
	switch f := l.lookup(app, strings.TrimLeft(name, "-")); {
	case l.misnamed != "":
		return offer{files: noFiles}
	case l.open != nil:
		return l.valuesOf(l.open, word).starting(word)
	case !l.ended && strings.HasPrefix(word, "-") && joined && f != nil && TakesValue(f):
		return l.valuesOf(f, value).after(name + "=").starting(word)
	case !l.ended && strings.HasPrefix(word, "-"):
		return offer{l.flagCandidates(), noFiles, ""}.starting(word)
	}
	return l.wordCandidates(word).starting(word)
}

// flagCandidates returns the command's flags that the line does not have yet.
func (l *Line) flagCandidates() []candidate {
	all := []candidate{{"--help", "describe the command"}}
	c := l.command()
	if c == nil {
		return append(all, candidate{"--version", "print the version"})
	}
	for _, f := range c.Flags {
		there := slices.ContainsFunc(l.Flags, func(g Given) bool { return g.Flag == f })
		if d, ok := f.(cli.DocGenerationFlag); ok && (!there || TakesValue(f) && repeats(f)) {
			all = append(all, candidate{"--" + f.Names()[0], strings.ReplaceAll(d.GetUsage(), "`", "")})
		}
	}
	return all
}

// wordCandidates returns what may come next: commands, or arguments of the command.
func (l *Line) wordCandidates(word string) offer {
	c := l.command()
	all := list.Each(shown(l.below), func(sub *cli.Command) candidate { return candidate{sub.Name, sub.Usage} })
	switch {
	case c == nil:
		return offer{append(all, candidate{"help", "describe a command"}), noFiles, ""}
	case len(all) > 0 || c.ArgsUsage == "" || l.help:
		return offer{all, noFiles, ""}
	case len(l.Words) < named(c):
		return l.environments()
	case strings.Contains(c.ArgsUsage, "KEY"):
		o := l.keys()
		o.files = anyFile
		return o
	case c.ArgsUsage == "FIELD":
		return offer{list.Each(explain.Next(word), func(next explain.Line) candidate { return candidate{next.Name, next.Text} }), noFiles, ""}
	case strings.Contains(c.ArgsUsage, "|"):
		words := strings.Split(strings.Trim(c.ArgsUsage, "[]"), "|")
		return offerOf(list.Each(words, func(word string) Choice { return Choice{Word: word} }))
	}
	return offer{nil, anyFile, ""}
}
