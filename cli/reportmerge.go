package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/disk"
	"authsync/sync"
	"authsync/sync/planfile"
)

func reportCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:        "report",
		Usage:       "work with the JSON that plan, apply and drift have written",
		UsageText:   "authsync report COMMAND [flags]\n\nexample: authsync report merge shard-*.json",
		Subcommands: []*cli.Command{reading(reportMergeCommand(s))},
	}
}

func reportMergeCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "join the results of the shards of a fleet, and say which shard did not report",
		UsageText: "authsync report merge FILE... [flags]\n\nexample: authsync report merge shard-*.json --format text --format markdown=fleet.md",
		ArgsUsage: "FILE...",
		Description: "A FILE is what one shard has written: plan, apply or drift with --format json=FILE, or plan --out FILE.\n" +
			"The results are shown as those of one run. The exit code is the worst of the shards'; it is 1 where a\n" +
			"shard did not report.",
		Flags: slices.Concat([]cli.Flag{
			formatFlag(mergedPlanFormats),
			&cli.BoolFlag{Name: "exit-code", Usage: "exit with 2 when the joined plans have changes"},
			&cli.BoolFlag{Name: "no-color", Usage: "plain text, also on a terminal"},
		}, markdownFlags()),
		Action: func(c *cli.Context) error {
			r, err := readResults(c, mergedPlanFormats)
			if err != nil {
				return err // before any file is read
			}
			return runReportMerge(c, r.look, s)
		},
	}
}

type reportText struct {
	file string
	text []byte
}

func runReportMerge(c *cli.Context, l look, s Streams) error {
	if c.NArg() == 0 {
		return errors.New("report merge takes the files that the shards have written")
	}
	var all []reportText
	var kind planfile.ReportKind
	for i, file := range c.Args().Slice() {
		text, err := disk.ReadGiven(file)
		if err != nil {
			return err
		}
		is, err := planfile.KindOf(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if i > 0 && is != kind {
			return fmt.Errorf("%s is of %s, and %s of %s", file, is, all[0].file, kind)
		}
		kind, all = is, append(all, reportText{file, text})
	}
	switch kind {
	case planfile.OfApply:
		return mergeReports(c, mergedApply, all, l, s)
	case planfile.OfDrift:
		return mergeReports(c, mergedDrift, all, l, s)
	}
	return mergeReports(c, mergedPlan(readChanged(c)), all, l, s)
}

// mergedReport is how results of one sort are joined.
type mergedReport[T any] struct {
	read    func([]byte) (T, error)
	part    func(T) sync.Part
	join    func([]T, *sync.Joined) (T, error)
	formats []format[T]
	// err is the error of the joined results, as a single run would end with.
	err func(T) error
}

func mergedPlan(changed Code) mergedReport[*sync.Plan] {
	return mergedReport[*sync.Plan]{
		planfile.ReadPlan, func(p *sync.Plan) sync.Part { return p.Part }, sync.JoinPlans, mergedPlanFormats,
		func(p *sync.Plan) error { return planEnding(p, changed) },
	}
}

var mergedApply = mergedReport[sync.Applied]{
	planfile.ReadApplied, func(a sync.Applied) sync.Part { return a.Part }, sync.JoinApplied, mergedAppliedFormats,
	func(a sync.Applied) error {
		if a.ExitCode == int(CodeDone) {
			return nil
		}
		return &exit{Code(a.ExitCode), a.Err}
	},
}

var mergedDrift = mergedReport[sync.FleetDrift]{
	planfile.ReadDrift, func(d sync.FleetDrift) sync.Part { return d.Part }, sync.JoinDrift, driftFormats, driftEnding,
}

func mergeReports[T any](c *cli.Context, m mergedReport[T], texts []reportText, l look, s Streams) error {
	outputs, err := readOutputs(c, m.formats)
	if err != nil {
		return err
	}
	var all []T
	var reported []sync.Reported
	for _, r := range texts {
		one, err := m.read(r.text)
		if err != nil {
			return fmt.Errorf("%s: %w", r.file, err)
		}
		all, reported = append(all, one), append(reported, sync.Reported{From: r.file, Part: m.part(one)})
	}
	joined, err := sync.Join(reported)
	if err != nil {
		return err
	}
	whole, err := m.join(all, joined)
	if err != nil {
		return err
	}
	if err := writeOutputs(whole, outputs, s.Out, l); err != nil {
		return err
	}
	return withMissing(m.err(whole), joined)
}

// withMissing adds to the end of joined results that shards are missing. What was
// partly applied stays so.
func withMissing(ended error, joined *sync.Joined) error {
	if len(joined.Missing) == 0 {
		return ended
	}
	code := CodeError
	if e, coded := errors.AsType[*exit](ended); coded {
		ended = e.err
		if e.code == CodePartly {
			code = CodePartly
		}
	}
	return &exit{code, multierror.Append(nil, fmt.Errorf("%s did not report", render.Shards(joined)), ended)}
}

// mergedPlanFormats are those of a plan. The names are those of every merged result.
var mergedPlanFormats = planFormats

// mergedAppliedFormats are those of an apply, whose text a single run has besides.
var mergedAppliedFormats = append([]format[sync.Applied]{
	{name: "text", write: func(w io.Writer, a sync.Applied, l look) error { return render.Applied(w, a, l.palette) }},
	{name: "github", write: func(w io.Writer, a sync.Applied, _ look) error { return annotations(render.AppliedFindings(a), w) }},
}, appliedFormats...)
