package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	stdsync "sync"
	"time"

	"github.com/hashicorp/go-multierror"
	"github.com/urfave/cli/v2"

	"authsync/audit"
	"authsync/cli/render"
	"authsync/cli/say"
	"authsync/remote/idp"
	"authsync/schema"
	"authsync/schema/list"
	"authsync/sync"
	"authsync/sync/lock"
)

// validateFormats are the formats of validate. Its text says what is right: what is not
// goes to standard error, whatever the format.
var validateFormats = findingFormats(func(f render.Findings, w io.Writer, _ look) error { return f.Lines(w) })

func validateCommand(s Streams) *cli.Command {
	return &cli.Command{
		Name:      "validate",
		Usage:     "check manifests, offline: every mistake of every file at once",
		UsageText: "authsync validate [PATH...] [--online [--try-secrets]] [--format FORMAT[=FILE]]...\n\nexample: authsync validate envs --format text --format sarif=validate.sarif",
		ArgsUsage: "[PATH...]",
		Flags: slices.Concat([]cli.Flag{
			&cli.BoolFlag{Name: "online", Usage: "check also what only the services know, such as the templates of integrations, and identity providers; reads only"},
			&cli.BoolFlag{Name: "try-secrets", Usage: "with --online: send each provider's client secret once to the token endpoint that its manifest names, with a code that is wrong on purpose, to see whether it is the right one"},
			formatFlag(validateFormats),
		}, markdownFlags(), connectionFlags()),
		Action: func(c *cli.Context) error {
			selected, err := readSelection(c)
			if err != nil {
				return err
			}
			asking, err := readAsking(c, s)
			if err != nil {
				return err
			}
			report, err := readReporting(c, "validate", validateFormats)
			if err != nil {
				return err
			}
			if c.Bool("online") {
				return runValidate(c.Context, selected, furtherCheck{liveToo, asking.online}, report, s)
			}
			return runValidate(c.Context, selected, offline, report, s)
		},
	}
}

// furtherCheck is what a check of manifests does beyond reading them.
type furtherCheck struct {
	// supplied returns what tells whether something supplies what a manifest leaves out.
	supplied func(context.Context, selection, *schema.Loaded, map[string]*lock.Lock) (func(*schema.Fault) bool, error)
	// of checks manifests without faults.
	of func(context.Context, selection, *schema.Loaded) error
}

// offline goes by the locks alone.
var offline = furtherCheck{
	func(_ context.Context, _ selection, _ *schema.Loaded, known map[string]*lock.Lock) (func(*schema.Fault) bool, error) {
		return remembered(known), nil
	},
	func(context.Context, selection, *schema.Loaded) error { return nil },
}

// liveToo reads the objects from which something is left out: what live has of them
// counts, and not what a lock remembers.
func liveToo(ctx context.Context, o selection, loaded *schema.Loaded, known map[string]*lock.Lock) (func(*schema.Fault) bool, error) {
	lacking := map[string][]schema.Key{}
	for _, f := range loaded.Faults.Lacking() {
		lacking[f.Env] = append(lacking[f.Env], f.Key)
	}
	if len(lacking) == 0 || len(loaded.Faults.Wrong()) > 0 {
		return remembered(known), nil
	}
	envs := slices.DeleteFunc(slices.Clone(loaded.Environments), func(env *schema.Environment) bool { return lacking[env.Name] == nil })
	sites, err := connect(envs, o)
	if err != nil {
		return remembered(known), err
	}
	var all *multierror.Error
	completed := map[string]map[schema.Key]bool{}
	for _, site := range sites {
		found, err := sync.Completed(ctx, site, lacking[site.Env.Name])
		completed[site.Env.Name], all = found, multierror.Append(all, sync.At(site.Env.Name, err))
	}
	return func(f *schema.Fault) bool { return completed[f.Env][f.Key] }, all.ErrorOrNil()
}

// online asks the services, and adds their problems to the faults.
func (a asking) online(ctx context.Context, o selection, loaded *schema.Loaded) error {
	sites, err := connect(loaded.Environments, o)
	if err != nil {
		return err
	}
	faults, errs := make([][]*schema.Fault, len(sites)), make([][]error, len(sites))
	inTurn(len(sites), atOnce(o.concurrency), func(i int) { faults[i], errs[i] = sync.Check(ctx, sites[i]) })
	all := multierror.Append(nil, a.providers(ctx, o, sites, loaded))
	for i := range sites {
		loaded.Faults.Add(faults[i]...)
		all = multierror.Append(all, sync.At(sites[i].Env.Name, errs[i]...))
	}
	return all.ErrorOrNil()
}

// locks opens the locks of environments, by name. One that cannot be read knows
// nothing; the commands that need it say why.
func locks(envs []*schema.Environment, read func(path string) ([]byte, error)) map[string]*lock.Lock {
	all := map[string]*lock.Lock{}
	for _, env := range envs {
		if l, err := lock.OpenFile(lock.File{Path: sync.LockFile(env.File), Read: read}, lock.Owner{Env: env.Name}); err == nil {
			all[env.Name] = l
		}
	}
	return all
}

// remembered reports whether a lock knows the object of a fault: it was applied
// from here, so live has it, and more of it than the manifest may say.
func remembered(locks map[string]*lock.Lock) func(*schema.Fault) bool {
	return func(f *schema.Fault) bool {
		l, ok := locks[f.Env]
		if !ok {
			return false
		}
		_, known := l.Entry(f.Key)
		return known
	}
}

// judged adds to manifests without mistakes what else is found in them.
func judged(loaded *schema.Loaded, locks map[string]*lock.Lock, now time.Time) {
	loaded.Faults.Add(audit.Manifests(loaded, func(env string) audit.Applied {
		if l, known := locks[env]; known {
			return l.AppliedAt
		}
		return audit.NeverApplied
	}, now)...)
}

func runValidate(ctx context.Context, o selection, further furtherCheck, r reporting, s Streams) error {
	loaded := loadWhole(o.paths)
	loaded.Faults.Add(list.Flat(loaded.Environments, o.hosts.Faults)...)
	known := locks(loaded.Environments, o.readLock)
	supplied, failed := further.supplied(ctx, o, loaded, known)
	loaded.Faults.Demand(supplied)
	if failed == nil && len(loaded.Faults.Wrong()) == 0 {
		loaded.Faults.Add(loaded.Idle()...)
		judged(loaded, known, o.options.Now)
		failed = further.of(ctx, o, loaded)
	}
	for _, doubt := range loaded.Faults.Doubts() {
		say.Fprintf(s.Err, "warning: %s\n", doubt)
	}
	l := looked{faults: &loaded.Faults, failed: failed}
	l.files, l.said = valid(loaded)
	all := multierror.Append(nil, failed, loaded.Faults.Err())
	return cmp.Or(r.write(l, s.Out), all.ErrorOrNil())
}

// valid are the files that were read, and a line about each, for when all are valid.
func valid(loaded *schema.Loaded) (files, said []string) {
	sort.Slice(loaded.Bases, func(i, j int) bool { return loaded.Bases[i].File < loaded.Bases[j].File })
	for _, env := range loaded.Bases {
		files, said = append(files, env.File), append(said, env.File+": valid, as far as a part can be")
	}
	for _, env := range loaded.Environments {
		objects := 0
		for _, c := range env.Collections {
			objects += len(c.Objects)
		}
		files = append(files, env.File)
		said = append(said, fmt.Sprintf("%s: %s is valid: %s", env.File, env.Name, render.Count(objects, "object", "objects")))
	}
	for _, p := range loaded.Policies {
		files = append(files, p.File)
		said = append(said, fmt.Sprintf("%s: valid: %s", p.File, render.Count(len(p.Rules), "rule", "rules")))
	}
	return files, said
}

// asking is what --online asks identity providers.
type asking struct {
	secrets idp.SecretUse
	streams Streams
}

func readAsking(c *cli.Context, s Streams) (asking, error) {
	a := asking{secrets: idp.LeaveSecrets, streams: s}
	if c.Bool("try-secrets") {
		if !c.Bool("online") {
			return a, errors.New("--try-secrets belongs to --online")
		}
		a.secrets = idp.TrySecrets
	}
	return a, nil
}

// providers asks the identity providers that manifests name, adds what is wrong to the
// faults, and says what is right.
func (a asking) providers(ctx context.Context, o selection, sites []*sync.Site, loaded *schema.Loaded) error {
	client, err := idp.New(idp.Config{
		Hosts: o.hosts, Sandbox: o.sandbox, Timeout: o.timeout, Concurrency: o.concurrency, UserAgent: "authsync/" + Version,
		Secrets: a.secrets,
	})
	if err != nil {
		return err
	}
	reports := make([]idp.Report, len(sites))
	var wait stdsync.WaitGroup
	for i, site := range sites {
		wait.Go(func() { reports[i] = client.Check(ctx, site) })
	}
	wait.Wait()
	var all *multierror.Error
	for i, report := range reports {
		loaded.Faults.Add(report.Faults...)
		for _, told := range report.Told {
			say.Fprintf(o.progress.Messages(a.streams.Err), "%s\n", told)
		}
		all = multierror.Append(all, sync.At(sites[i].Env.Name, report.Errs...))
	}
	return all.ErrorOrNil()
}
