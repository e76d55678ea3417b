package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/disk"
	"authsync/remote"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/fleet"
	"authsync/sync/planfile"
)

// saving says where a plan is saved, and how long it may be applied.
type saving struct {
	file string // "" = nowhere
	life time.Duration
}

// save returns the content of a saved plan, and gives the plan its digest. A plan that
// is incomplete or must not be applied is not saved.
func (o planOptions) save(plan *sync.Plan, made *madePlan) (text []byte, err error) {
	if o.saving.file == "" {
		return nil, nil
	}
	if err := cmp.Or(made.faults...); err != nil {
		return nil, fmt.Errorf("--out %s: %w", o.saving.file, err)
	}
	request := planfile.Request{Paths: o.paths, Environments: o.envs, Options: o.options}
	text, plan.Digest, err = planfile.Save(plan, Version, request, made.rests, o.options.Now, o.saving.life)
	if err != nil {
		return nil, fmt.Errorf("--out %s: %w", o.saving.file, err)
	}
	return text, nil
}

// sayDigest names a saved plan in the log of a pipeline, as whoever approves it may.
func sayDigest(w io.Writer, plan *sync.Plan) {
	if plan.Digest != "" {
		say.Fprintf(w, "digest of the plan: %s\n", plan.Digest)
	}
}

// readSaved reads the saved plan of a flag, if it may still be applied; if not, part is
// the part of a fleet that it is for. Paths and flags beside it state the request that
// the plan must have been made for, so that the user who applies another's plan can
// insist on it.
func readSaved(c *cli.Context, flag string) (saved *planfile.SavedPlan, part sync.Part, err error) {
	file := c.String(flag)
	if c.NArg() == 0 {
		if err := answered(c, flag); err != nil {
			return nil, part, err
		}
	}
	text, err := disk.ReadGiven(file)
	if err != nil {
		return nil, part, err
	}
	if saved, err = planfile.ReadSaved(text, Version, time.Now()); err != nil {
		if plan, unread := planfile.ReadPlan(text); unread == nil {
			part = plan.Part
		}
		return nil, part, fleet.Refusing[*planfile.StaleError](fmt.Errorf("%s: %w", file, err))
	}
	part.Shard = saved.Request.Shard
	if c.NArg() > 0 {
		if err := asked(c, file, saved.Request); err != nil {
			return nil, part, err
		}
	}
	if want := c.String("digest"); c.IsSet("digest") && want != saved.Digest {
		return nil, part, &exit{CodeRefused, fmt.Errorf("%s: refused: its digest is %s, and the plan to be applied has %s; nothing was written; plan again", file, saved.Digest, want)}
	}
	return saved, part, nil
}

func digestFlag() cli.Flag {
	return &cli.StringFlag{Name: "digest", Usage: "refuse the saved plan unless its digest is `SHA256`, which plan shows: it is the one that was approved"}
}

var errDigestAlone = errors.New("--digest is that of a saved plan, and there is none")

// answered refuses flags that the plan decides.
func answered(c *cli.Context, flag string) error {
	decided := list.Only(optionFlags, func(f optionFlag) bool { return !f.beside })
	for _, name := range append([]string{"env"}, list.Each(decided, func(f optionFlag) string { return f.flag.Names()[0] })...) {
		if c.IsSet(name) {
			return fmt.Errorf("--%s does not go with --%s alone: the plan says what is done; name paths too, and the plan must have been asked for just that", name, flag)
		}
	}
	return nil
}

// asked refuses a plan that was made for another request than this command line.
func asked(c *cli.Context, file string, was planfile.Request) error {
	options, err := readOptions(c)
	if err != nil {
		return err
	}
	here := planfile.Request{Paths: c.Args().Slice(), Environments: c.StringSlice("env"), Options: options}
	if slices.Equal(requestWords(here), requestWords(was)) {
		return nil
	}
	return &exit{CodeRefused, fmt.Errorf("%s: refused: the plan was asked for as %q, and must be as %q; nothing was written; plan again",
		file, strings.Join(requestWords(was), " "), strings.Join(requestWords(here), " "))}
}

// requestWords returns the words of a request in a fixed order, so that equal requests
// have equal words.
func requestWords(r planfile.Request) []string {
	paths, words := slices.Clone(r.Paths), append(flagWords("env", r.Environments), optionWords(r.Options)...)
	slices.Sort(paths)
	slices.Sort(words)
	return append(append(slices.Compact(words), "--"), slices.Compact(paths)...)
}

// savedWords returns the words of an apply that continues a saved plan. It makes a plan
// of its own, since the saved one is out of date.
func savedWords(c *cli.Context, r planfile.Request) []string {
	words := withFlag(withFlag(wordsOf(c.Context), "plan", nil), "digest", nil)
	if c.NArg() > 0 {
		return words // which say the same as the request
	}
	return append(words, requestedWords(r)...)
}

// requestedWords are the paths and flags of a request.
func requestedWords(r planfile.Request) []string {
	return slices.Concat(r.Paths, flagWords("env", r.Environments), optionWords(r.Options))
}

// bound returns the environments of a saved plan, if their manifests have not changed.
func (s selection) bound(saved *planfile.SavedPlan) ([]*schema.Outline, error) {
	names := saved.Names()
	if len(names) == 0 {
		return nil, nil // no environment had changed
	}
	s.paths, s.envs, s.said = saved.Request.Paths, names, io.Discard
	outlines, err := s.surveyed()
	if err != nil {
		return nil, err
	}
	all := multierror.Append(nil, append(list.Each(outlines, saved.Bound), saved.Ordered(fleet.RolloutOf(outlines)))...)
	if err := fleet.Refusing[*planfile.StaleError](all.ErrorOrNil()); err != nil {
		return nil, err
	}
	return inWave(outlines, s.wave)
}

// reviver makes the plans of a saved plan again, and refuses if anything that they rest
// on has moved. The sites that it returns know all secrets of this run.
func (s selection) reviver(saved *planfile.SavedPlan, config remote.SiteConfig) fleet.Planner {
	return func(ctx context.Context, site *sync.Site) (*sync.Site, *sync.EnvironmentPlan, error) {
		plan, err := s.reviveOne(ctx, config, saved, site)
		return site, plan, fleet.Refusing[*planfile.StaleError](err)
	}
}

// reviveOne reads what the plan of an environment rests on, with the secrets that were
// known when it was made.
func (s selection) reviveOne(ctx context.Context, config remote.SiteConfig, saved *planfile.SavedPlan, site *sync.Site) (plan *sync.EnvironmentPlan, err error) {
	knowing, env := site, site.Env
	if closed := saved.Knew(env.Name); len(closed) > 0 {
		config.Keys = config.Keys.Narrow(closed)
		if knowing, err = s.siteOf(env, config); err != nil {
			return nil, err
		}
	}
	if err := saved.Placed(site); err != nil {
		return nil, err
	}
	plan, errs := saved.Revive(knowing, site.Keys, sync.Read(ctx, knowing, saved.Options()), s.options.Allow)
	return plan, multierror.Append(nil, errs...).ErrorOrNil()
}

// besidesVerify are the flags of plan that do not go with --verify.
var besidesVerify = []string{"out", "good-for", "format", "exit-code", "changed-since", "rehearse", "marker", "max-bytes"}

// verifyPlan says whether a saved plan may still be applied. It reads what the plan
// rests on, as apply does first, and writes nothing.
func verifyPlan(c *cli.Context, s Streams) error {
	for _, name := range besidesVerify {
		if c.IsSet(name) {
			return fmt.Errorf("--%s does not go with --verify, which makes no plan", name)
		}
	}
	saved, _, err := readSaved(c, "verify")
	if err != nil {
		return err
	}
	selected, err := readSelectionOf(c, saved.Request.Paths)
	if err != nil {
		return err
	}
	selected.options.Shard = saved.Request.Shard
	outlines, err := selected.bound(saved)
	if err != nil {
		return err
	}
	run, err := selected.run(outlines, fleet.AtOnce(selected.concurrency), saved.Request.Allow)
	if err != nil {
		return err
	}
	plan, err := run.Plan(c.Context, selected.reviver(saved, run.config), letGo)
	if err != nil {
		return fleet.Refusing[*planfile.StaleError](err)
	}
	if err := readErrors(plan.Environments); err != nil {
		return err
	}
	render.Sandbox(s.Out, plan.Sandbox(), render.Palette{})
	calls, shut := 0, 0
	for _, env := range plan.Environments {
		calls, shut = calls+len(env.Steps), shut+len(env.Shut())
	}
	say.Fprintf(s.Out, "%s is still good, until %s: %s to %s\n", c.String("verify"), saved.Expires.UTC().Format(time.RFC3339),
		render.Count(calls, "call", "calls"), render.Count(len(plan.Environments), "environment", "environments"))
	if shut > 0 {
		say.Fprintf(s.Out, "%s to be allowed\n", render.Count(shut, "gate has", "gates have"))
	}
	return nil
}
