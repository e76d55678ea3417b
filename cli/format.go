package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/schema/list"
	"authsync/schema/pattern"
)

// format is a format of a result, with its writer.
type format[T any] struct {
	name  string
	write func(w io.Writer, result T, l look) error
	flow  flow
}

// formatFlag returns --format for a command with these formats; the first is the
// default.
func formatFlag[T any](formats []format[T]) cli.Flag {
	choices := list.Each(formats, func(f format[T]) line.Choice { return line.Choice{Word: f.name, With: "FILE"} })
	return line.AnyOf{Choices: choices, StringSliceFlag: &cli.StringSliceFlag{Name: "format",
		Usage: line.Spell(choices, "or") + ", to standard output or, as `FORMAT`=FILE, to a file; may be repeated"}}
}

// look has the settings of formats.
type look struct {
	palette  render.Palette
	markdown render.Markdown
}

// results are the formats in which a command writes its result, and how they look.
type results[T any] struct {
	outputs []output[T]
	look    look
}

func readResults[T any](c *cli.Context, formats []format[T]) (r results[T], err error) {
	if r.outputs, err = readOutputs(c, formats); err != nil {
		return r, err
	}
	r.look.palette = render.Palette{Colours: coloursFor(c.App.Writer, c.Bool("no-color")), Language: languageOf(c)}
	r.look.markdown, err = readMarkdown(c)
	return r, err
}

// readBoth reads what a command is about, and how it writes its result.
func readBoth[T any](c *cli.Context, formats []format[T]) (s selection, r results[T], err error) {
	if s, err = readSelection(c); err == nil {
		r, err = readResults(c, formats)
	}
	return s, r, err
}

func (r results[T]) write(result T, out io.Writer) error {
	return writeOutputs(result, r.outputs, out, r.look)
}

type output[T any] struct {
	format format[T]
	file   string // "" = standard output
}

// readOutputs reads the values of --format.
func readOutputs[T any](c *cli.Context, formats []format[T]) ([]output[T], error) {
	texts := c.StringSlice("format")
	if len(texts) == 0 {
		texts = []string{formats[0].name}
	}
	var outputs []output[T]
	shown := ""
	for _, text := range texts {
		name, file, toFile := strings.Cut(text, "=")
		at := slices.IndexFunc(formats, func(f format[T]) bool { return f.name == name })
		switch {
		case at < 0:
			return nil, fmt.Errorf("--format %s: unknown; there are %s", text, formatNames(formats))
		case toFile && file == "":
			return nil, fmt.Errorf("--format %s: the file's name is missing", text)
		case !toFile && shown != "":
			return nil, fmt.Errorf("--format %s: %s goes to standard output already; write %s=FILE", text, shown, name)
		case !toFile:
			shown = name
		}
		outputs = append(outputs, output[T]{formats[at], file})
	}
	return outputs, nil
}

func formatNames[T any](formats []format[T]) string {
	return list.Join(formats, ", ", func(f format[T]) string { return f.name })
}

func writeOutputs[T any](result T, outputs []output[T], out io.Writer, l look) error {
	for _, o := range outputs {
		if o.file == "" {
			if err := o.format.write(out, result, l); err != nil {
				return err
			}
			continue
		}
		var text strings.Builder
		err := o.format.write(&text, result, look{markdown: l.markdown})
		if err = errors.Join(err, atomicfile.Output(o.file, []byte(text.String()), 0o600)); err != nil {
			return err
		}
	}
	return nil
}

// inJSON returns a writer of a result as JSON that no terminal or pipeline acts on.
func inJSON[T any](write func(w io.Writer, result T, version string) error) func(io.Writer, T, look) error {
	return func(w io.Writer, result T, _ look) error {
		return render.JSON(w, func(w io.Writer) error { return write(w, result, Version) })
	}
}

func markdownFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "max-bytes", Value: render.MarkdownMax, Usage: "fold markdown until it has `N` bytes at most"},
		&cli.StringFlag{Name: "marker", Usage: "put `NAME` into the hidden first line of markdown, where several pipelines comment on one pull request"},
	}
}

func readMarkdown(c *cli.Context) (render.Markdown, error) {
	m := render.Markdown{Command: c.Command.Name, Marker: c.String("marker"), Max: c.Int("max-bytes"), Language: languageOf(c)}
	switch {
	case c.IsSet("max-bytes") && m.Max < render.MarkdownMin:
		return m, fmt.Errorf("--max-bytes takes a number from %d, not %d", render.MarkdownMin, m.Max)
	case m.Marker != "" && !markerForm.MatchString(m.Marker):
		return m, errors.New("--marker takes letters, digits, - . and _, at most 63")
	}
	return m, nil
}

var markerForm = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
