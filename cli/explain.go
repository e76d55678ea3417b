package cli

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/schema/explain"
	"authsync/schema/lang"
	"authsync/schema/list"
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
			return say.Raw(s.Out, explained(place, languageOf(c)))
		},
	}
}

// width is how many columns an explanation takes.
const width = 100

// explained is what is said of a place: its path, what it means, and a line for each
// thing that is known of it.
func explained(p explain.Place, l lang.Language) string {
	var b strings.Builder
	b.WriteString(p.Path + "\n")
	b.WriteString(indented("  ", l.Say(p.Doc)))
	b.WriteString("\n")
	for _, fact := range explain.Facts(p, l) {
		b.WriteString(indented(pad(fact.Name), fact.Text))
	}
	section(&b, l.Say("fields"), explain.FieldLines(p.Fields, l))
	section(&b, l.Say("rules"), explain.RuleLines(p, l))
	section(&b, l.Say("how it is written"), explain.WriteLines(p, l))
	if example := explain.Example(p); example != "" {
		lines := strings.Split(example, "\n")
		b.WriteString("\n" + l.Say("example") + "\n" + list.Join(lines, "", func(line string) string { return strings.TrimRight("  "+line, " ") + "\n" }))
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
	if render.Columns(name) > labels {
		return "  " + name + "\n" + strings.Repeat(" ", labels+4)
	}
	return "  " + name + strings.Repeat(" ", labels+2-render.Columns(name))
}

// indented breaks a text into lines that begin below where the label ends.
func indented(label, text string) string {
	below := strings.Repeat(" ", render.Columns(label[strings.LastIndex(label, "\n")+1:]))
	var b strings.Builder
	b.WriteString(label)
	column := len(below)
	for i, word := range breakable(text) {
		wide := render.Columns(word.text)
		switch {
		case i > 0 && column+len(word.before)+wide > width:
			b.WriteString("\n" + below)
			column = len(below)
		case i > 0:
			b.WriteString(word.before)
			column += len(word.before)
		}
		b.WriteString(word.text)
		column += wide
	}
	return strings.TrimRight(b.String(), " \n") + "\n"
}

// unbroken is a part of a text that stays on one line, and the space before it.
type unbroken struct{ before, text string }

// breakable are the parts of a text: words, and in Chinese characters, where no mark
// begins a line.
func breakable(text string) []unbroken {
	var parts []unbroken
	for _, word := range strings.Fields(text) {
		before := " "
		for _, r := range word {
			wide := render.ColumnsOfRune(r) == 2
			last := len(parts) - 1
			switch {
			case before != "":
				parts = append(parts, unbroken{before, string(r)})
			case wide && !strings.ContainsRune("，。；：、？！）》”’", r),
				!wide && endsWide(parts[last].text):
				parts = append(parts, unbroken{"", string(r)})
			default:
				parts[last].text += string(r)
			}
			before = ""
		}
	}
	return parts
}

func endsWide(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(text)
	return render.ColumnsOfRune(last) == 2
}
