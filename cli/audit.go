package cli

import (
	"context"
	"io"
	"slices"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/audit"
	"authsync/cli/render"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
)

var auditFormats = findingFormats(func(f render.Findings, w io.Writer, l look) error { return f.Text(w, l.palette) })

func auditCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "audit",
		Usage:     "find what breaks a policy, is risky, or ends soon; writes nothing",
		UsageText: "authsync audit [PATH...] [--live] [--format FORMAT[=FILE]]...\n\nexample: authsync audit envs --live --format text --format sarif=audit.sarif",
		ArgsUsage: "[PATH...]",
		Description: "Without --live it judges what manifests state, offline; with it, what is live, whoever made it so.\n" +
			"It exits with 2 when anything at level error was found, 0 when there are warnings alone, and 1 when not\n" +
			"everything could be looked at.",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "live", Usage: "judge what is live, and not what manifests state; reads only"},
			envFlag(),
			formatFlag(auditFormats),
			lockFromFlag(),
		}, markdownFlags(), connectionFlags()),
		Action: func(c *cli.Context) error {
			selected, report, err := readBoth(c, auditFormats)
			if err != nil {
				return err
			}
			find := stated
			if c.Bool("live") {
				find = live
			}
			return runAudit(c.Context, selected, find, report, s)
		},
	}
}

// stated judges what the manifests state.
func stated(_ context.Context, o selection, loaded *schema.Loaded) (sandbox string, err error) {
	judged(loaded, locks(loaded.Environments, o.readLock), o.options.Now)
	return "", nil
}

// live judges what the services have.
func live(ctx context.Context, o selection, loaded *schema.Loaded) (sandbox string, err error) {
	sites, err := connect(loaded.Environments, o)
	if err != nil {
		return "", err
	}
	options := o.options
	options.Others = sync.OthersWhole
	var failed *multierror.Error
	var found []*schema.Fault
	for i, read := range o.readAll(ctx, sites, options) {
		env := sites[i].Env
		failed = multierror.Append(failed, sync.At(env.Name, read.Errors...))
		held := audit.State{Env: env, Objects: read.Held(env), Side: schema.Held}
		found = append(found, audit.Everything(held, audit.NeverApplied, o.options.Now)...)
	}
	loaded.Faults.Add(audit.Merge(loaded.Environments, found)...)
	return sandboxUsed(sites), failed.ErrorOrNil()
}

// runAudit finds what find does in manifests without mistakes. It says what could not be
// looked at.
func runAudit(ctx context.Context, o selection, find func(context.Context, selection, *schema.Loaded) (sandbox string, err error), r reporting, s Streams) error {
	loaded := loadWhole(o.paths)
	loaded.Faults.Add(list.Flat(loaded.Environments, o.hosts.Faults)...)
	loaded.Faults.Demand(remembered(locks(loaded.Environments, o.readLock)))
	mistakes := len(loaded.Faults.Wrong()) > 0
	sandbox := ""
	var failed, err error
	if !mistakes {
		loaded.Faults.Add(loaded.Idle()...)
		if loaded.Environments, err = chosen(loaded, o.paths, o.envs); err != nil {
			return err
		}
		sandbox, failed = find(ctx, o, loaded)
	}
	found := findingsOf(r, &loaded.Faults, failed)
	found.Sandbox = sandbox
	found.Files, _ = valid(&schema.Loaded{Environments: loaded.Environments, Policies: loaded.Policies})
	summarize(r.look.markdown, render.Markdown.Findings, found, s.Err)
	if err := r.write(found, s.Out); err != nil {
		return err
	}
	switch {
	case failed != nil:
		return failed
	case mistakes:
		return &exit{code: CodeError}
	case len(loaded.Faults.Wrong()) > 0:
		return &exit{code: CodeDifferent}
	}
	return nil
}
