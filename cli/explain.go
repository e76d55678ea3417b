package cli

import (
	"errors"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/cli/say"
	"authsync/schema/explain"
)

func explainCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "explain",
		ArgsUsage: "FIELD",
		Usage:     "what a field or a kind of a manifest means, takes, and does to the service",
		UsageText: "authsync explain FIELD\n\nexample: authsync explain providers.config.redirectUri",
		Description: "FIELD is a path of a manifest, with or without the object's name (providers.config.scope, " +
			"providers.github.config.scope), a kind (provider), a system (systems.cloudbase), or what an error names (provider/github.config.scope).",
		Action: func(c *cli.Context) error {
			if c.Args().Len() != 1 {
				return errors.New("explain takes one FIELD, such as providers.config.redirectUri")
			}
			place, err := explain.At(c.Args().First())
			if err != nil {
				return err
			}
			return say.Raw(s.Out, explained(place))
		},
	}
}

// width is how many columns an explanation takes.
const width = 100

// explained is what is said of a place: its path, what it means, and a line for each
// thing that is known of it.
func explained(p explain.Place) string {
	var b strings.Builder
	b.WriteString(p.Path + "\n")
	b.WriteString(indented("  ", p.Doc))
	b.WriteString("\n")
	for _, fact := range explain.Facts(p) {
		b.WriteString(indented(pad(fact.Name), fact.Text))
	}
	section(&b, "fields", explain.FieldLines(p.Fields))
	section(&b, "rules", explain.RuleLines(p))
	section(&b, "how it is written", explain.WriteLines(p))
	if example := explain.Example(p); example != "" {
		b.WriteString("\nexample\n")
		for _, line := range strings.Split(example, "\n") {
			b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
		}
	}
	return b.String()
}

func section(b *strings.Builder, title string, lines []explain.Line) {
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n" + title + "\n")
	for _, l := range lines {
		b.WriteString(indented(pad(l.Name), l.Text))
	}
}

const labels = 12

// pad is a name as a label: what does not fit stands on a line of its own.
func pad(name string) string {
	if name == "" {
		return "  - "
	}
	if len(name) > labels {
		return "  " + name + "\n" + strings.Repeat(" ", labels+4)
	}
	return "  " + name + strings.Repeat(" ", labels+2-len(name))
}

// indented breaks a text into lines that begin below where the label ends.
func indented(label, text string) string {
	below := strings.Repeat(" ", len(label)-1-strings.LastIndex(label, "\n"))
	var b strings.Builder
	b.WriteString(label)
	column := len(below)
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n" + below)
			column = len(below)
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return strings.TrimRight(b.String(), " \n") + "\n"
}
