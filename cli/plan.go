package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/atomicfile"
	"authsync/sync"
)

type planOptions struct {
	selection
	formats  []format
	look     look
	exitCode bool
	saving   saving
}

func planCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "plan",
		Usage:     "show what apply would do, by which calls; writes nothing",
		UsageText: "authsync plan [PATH...] [flags]\n\nexample: authsync plan envs --env prod --format text --format json=plan.json",
		ArgsUsage: "[PATH...]",
		Flags: slices.Concat(savingFlags(), []cli.Flag{
			&cli.StringSliceFlag{Name: "format", Usage: "text, json or markdown, to standard output or, as `FORMAT`=FILE, to a file; may be repeated"},
			&cli.BoolFlag{Name: "exit-code", Usage: "exit with 2 when there are changes"},
		}, markdownFlags(), selectionFlags()),
		Action: func(c *cli.Context) error {
			selected, err := readSelection(c)
			if err != nil {
				return err
			}
			formats, err := readFormats(c.StringSlice("format"))
			if err != nil {
				return err
			}
			saving, err := readSaving(c)
			if err != nil {
				return err
			}
			markdown, err := readMarkdown(c)
			if err != nil {
				return err
			}
			look := look{paletteFor(s.Out, selected.plain), markdown}
			return runPlan(c.Context, planOptions{selected, formats, look, c.Bool("exit-code"), saving}, s)
		},
	}
}

func runPlan(ctx context.Context, o planOptions, s Streams) error {
	plan, sites, err := o.plan(ctx)
	if err != nil {
		return err
	}
	if err := writePlan(plan, o.formats, s.Out, o.look); err != nil {
		return err
	}
	if err := readErrors(plan.Environments); err != nil {
		return err
	}
	if err := refusals(plan); err != nil {
		return err
	}
	if o.saving.file != "" {
		if err := o.save(plan, sites); err != nil {
			return err
		}
	}
	if o.exitCode && !plan.Empty() {
		return &exit{code: CodeDifferent}
	}
	return nil
}

// refusals are the reasons for which a plan must not be applied.
func refusals(plan *sync.Plan) error {
	var all *multierror.Error
	for _, env := range plan.Environments {
		for _, r := range env.Refusals {
			all = multierror.Append(all, fmt.Errorf("refused: %s: %s: %s", env.Name, r.Key, r.Text))
		}
	}
	if all.ErrorOrNil() == nil {
		return nil
	}
	return &exit{CodeRefused, all}
}

// format is one rendering of a plan and where it goes.
type format struct {
	render rendering
	file   string // "" = standard output
}

// rendering writes a plan in one of the formats.
type rendering func(w io.Writer, plan *sync.Plan, l look) error

// look is what a rendering may be told, each of its own.
type look struct {
	palette  palette
	markdown markdown
}

// renderings are the formats by name.
var renderings = map[string]rendering{
	"text":     func(w io.Writer, plan *sync.Plan, l look) error { return renderText(w, plan, l.palette) },
	"json":     func(w io.Writer, plan *sync.Plan, _ look) error { return plan.WriteJSON(w, Version) },
	"markdown": func(w io.Writer, plan *sync.Plan, l look) error { return l.markdown.render(w, plan) },
}

func readFormats(texts []string) ([]format, error) {
	if len(texts) == 0 {
		return []format{{render: renderings["text"]}}, nil
	}
	var formats []format
	shown := ""
	for _, text := range texts {
		name, file, toFile := strings.Cut(text, "=")
		render, ok := renderings[name]
		switch {
		case !ok:
			return nil, fmt.Errorf("--format %s: unknown; there are text, json and markdown", text)
		case toFile && file == "":
			return nil, fmt.Errorf("--format %s: the file's name is missing", text)
		case !toFile && shown != "":
			return nil, fmt.Errorf("--format %s: %s goes to standard output already; write %s=FILE", text, shown, name)
		case !toFile:
			shown = name
		}
		formats = append(formats, format{render, file})
	}
	return formats, nil
}

// writePlan renders a plan, from one read, in every format asked for.
func writePlan(plan *sync.Plan, formats []format, out io.Writer, l look) error {
	for _, f := range formats {
		if f.file == "" {
			if err := f.render(out, plan, l); err != nil {
				return err
			}
			continue
		}
		var text strings.Builder
		err := f.render(&text, plan, look{markdown: l.markdown})
		if err = errors.Join(err, atomicfile.Write(f.file, []byte(text.String()), 0o600)); err != nil {
			return err
		}
	}
	return nil
}
