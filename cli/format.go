package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	stdsync "sync"

	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/cli/line"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/schema/list"
	"authsync/schema/pattern"
)

// format is a format of a result, with its writer.
type format[T any] struct {
	name  string
	write func(w io.Writer, result T, l look) error
	// inParts: what is written of many environments is what is written of each, one
	// after another, so that it is written at the turn of each; else at the end.
	inParts bool
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
	r.look.palette = selection{plain: c.Bool("no-color"), language: languageOf(c)}.palette(c.App.Writer)
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

// stdout is what a command line calls standard output where it takes a file.
const stdout = "-"

// besideShown refuses standard output for a file that is written beside what is shown
// there.
func besideShown(c *cli.Context, flag string) error {
	if c.String(flag) == stdout {
		return fmt.Errorf("--%s -: it goes to a file, beside what is shown; name one", flag)
	}
	return nil
}

func readOutputs[T any](c *cli.Context, formats []format[T]) ([]output[T], error) {
	texts := c.StringSlice("format")
	if len(texts) == 0 {
		texts = []string{formats[0].name}
	}
	var outputs []output[T]
	shown, taken := "", map[string]bool{filepath.Clean(c.String("out")): c.IsSet("out")}
	for _, text := range texts {
		name, file, toFile := strings.Cut(text, "=")
		if file == stdout {
			file, toFile = "", false
		}
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
		case taken[filepath.Clean(file)] && !isDevice(file):
			return nil, fmt.Errorf("--format %s: %s is written already, and one would take the place of the other; name another file", text, file)
		}
		taken[filepath.Clean(file)] = toFile
		outputs = append(outputs, output[T]{formats[at], file})
	}
	return outputs, nil
}

// isDevice reports whether what is written to a file does not take the place of what was
// written before: a device, or a pipe.
func isDevice(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !info.Mode().IsRegular()
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
	m := render.Markdown{Command: strings.TrimPrefix(c.Command.HelpName, "authsync "), Marker: c.String("marker"), Max: c.Int("max-bytes"), Language: languageOf(c)}
	switch {
	case c.IsSet("max-bytes") && m.Max < render.MarkdownMin:
		return m, fmt.Errorf("--max-bytes takes a number from %d, not %d", render.MarkdownMin, m.Max)
	case m.Marker != "" && !markerForm.MatchString(m.Marker):
		return m, errors.New("--marker takes letters, digits, - . and _, at most 63")
	}
	return m, nil
}

var markerForm = pattern.Of(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)

// byFlow parts outputs that are written in parts from the others.
func byFlow[T any](outputs []output[T]) (parts, rest []output[T]) {
	parts = list.Only(outputs, func(o output[T]) bool { return o.format.inParts })
	return parts, list.Only(outputs, func(o output[T]) bool { return !o.format.inParts })
}

// parts writes results of one environment each, in the order of their numbers, though
// they come in any order. What goes to a file is written to it at the end.
type parts[T any] struct {
	outputs []output[T]
	out     io.Writer
	look    look

	mu      stdsync.Mutex
	next    int
	waiting map[int][][]byte // by number and output
	files   []bytes.Buffer
	err     error
}

func newParts[T any](outputs []output[T], out io.Writer, l look) *parts[T] {
	return &parts[T]{outputs: outputs, out: out, look: l, waiting: map[int][][]byte{}, files: make([]bytes.Buffer, len(outputs))}
}

// add adds the result with a number. Each number from 0 must be added once.
func (p *parts[T]) add(number int, result T) error {
	texts := make([][]byte, len(p.outputs))
	for i, o := range p.outputs {
		var text bytes.Buffer
		if err := o.format.write(&text, result, p.look); err != nil {
			return err
		}
		texts[i] = text.Bytes()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting[number] = texts
	for texts, come := p.waiting[p.next]; come; texts, come = p.waiting[p.next] {
		delete(p.waiting, p.next)
		p.next++
		p.write(texts)
	}
	return p.err
}

func (p *parts[T]) write(texts [][]byte) {
	for i, o := range p.outputs {
		var err error
		if o.file == "" {
			_, err = p.out.Write(texts[i])
		} else {
			_, err = p.files[i].Write(texts[i])
		}
		p.err = errors.Join(p.err, err)
	}
}

func (p *parts[T]) end() error {
	err := p.err
	for i, o := range p.outputs {
		if o.file != "" {
			err = errors.Join(err, atomicfile.Output(o.file, p.files[i].Bytes(), 0o600))
		}
	}
	return err
}

// summaryVariable names the file to which a step of GitHub Actions adds Markdown for
// the page of its run.
const summaryVariable = "GITHUB_STEP_SUMMARY"

// summarizes reports whether there is such a page.
func summarizes() bool {
	file, _ := lookupEnv(summaryVariable)
	return file != ""
}

// summarize adds a result to the page of the pipeline's run, if there is one. A
// failure only causes a warning.
func summarize[T any](m render.Markdown, write func(render.Markdown, io.Writer, T) error, result T, warnings io.Writer) {
	file, _ := lookupEnv(summaryVariable)
	if file == "" {
		return
	}
	if m.Max == 0 {
		m.Max = render.MarkdownMax
	}
	var text strings.Builder
	err := write(m, &text, result)
	if err == nil {
		err = appendText(file, text.String()+"\n")
	}
	if err != nil {
		say.Fprintf(warnings, "warning: %s: the page of the run does not show this result: %v\n", summaryVariable, err)
	}
}

func appendText(file, text string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}
