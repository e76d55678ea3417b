package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
)

// rendering writes a result in one of its formats.
type rendering[T any] func(w io.Writer, result T, l look) error

// look is what a rendering may be told, each of its own.
type look struct {
	palette  palette
	markdown markdown
}

// look is how results that go to out look.
func (s selection) look(c *cli.Context, out io.Writer) (look, error) {
	markdown, err := readMarkdown(c)
	return look{paletteFor(out, s.plain), markdown}, err
}

// output is one rendering of a result and where it goes.
type output[T any] struct {
	render rendering[T]
	file   string // "" = standard output
}

// readOutputs reads what --format says, of the renderings that there are by
// name. Without one it is text.
func readOutputs[T any](texts []string, renderings map[string]rendering[T]) ([]output[T], error) {
	if len(texts) == 0 {
		texts = []string{"text"}
	}
	var outputs []output[T]
	shown := ""
	for _, text := range texts {
		name, file, toFile := strings.Cut(text, "=")
		render, ok := renderings[name]
		switch {
		case !ok:
			return nil, fmt.Errorf("--format %s: unknown; there are %s", text, strings.Join(slices.Sorted(maps.Keys(renderings)), ", "))
		case toFile && file == "":
			return nil, fmt.Errorf("--format %s: the file's name is missing", text)
		case !toFile && shown != "":
			return nil, fmt.Errorf("--format %s: %s goes to standard output already; write %s=FILE", text, shown, name)
		case !toFile:
			shown = name
		}
		outputs = append(outputs, output[T]{render, file})
	}
	return outputs, nil
}

// writeOutputs renders a result, from one read, in every format asked for.
func writeOutputs[T any](result T, outputs []output[T], out io.Writer, l look) error {
	for _, o := range outputs {
		if o.file == "" {
			if err := o.render(out, result, l); err != nil {
				return err
			}
			continue
		}
		var text strings.Builder
		err := o.render(&text, result, look{markdown: l.markdown})
		if err = errors.Join(err, atomicfile.Write(o.file, []byte(text.String()), 0o600)); err != nil {
			return err
		}
	}
	return nil
}
