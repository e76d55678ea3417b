package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
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
	"authsync/sync/fleet"
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
			selected, report, err := readBoth(c, validateFormats)
			if err != nil {
				return err
			}
			online, err := readAsking(c)
			if err != nil {
				return err
			}
			return runValidate(c.Context, selected, online, report, s)
		},
	}
}

// liveToo reads the objects from which something is left out: what live has of them
// counts, and not what a lock remembers.
func liveToo(ctx context.Context, sites []*sync.Site, loaded *schema.Loaded) (func(*schema.Fault) bool, error) {
	lacking := map[string][]schema.Key{}
	for _, f := range loaded.Faults.Lacking() {
		lacking[f.Env] = append(lacking[f.Env], f.Key)
	}
	var all *multierror.Error
	completed := map[string]map[schema.Key]bool{}
	for _, site := range sites {
		if lacking[site.Env.Name] == nil {
			continue
		}
		found, err := sync.Completed(ctx, site, lacking[site.Env.Name])
		completed[site.Env.Name], all = found, multierror.Append(all, sync.At(site.Env.Name, err))
	}
	return func(f *schema.Fault) bool { return completed[f.Env][f.Key] }, all.ErrorOrNil()
}

// checkOnline asks the services, and adds their problems to the faults.
func checkOnline(ctx context.Context, o selection, sites []*sync.Site, loaded *schema.Loaded, secrets idp.SecretUse) error {
	faults, errs := make([][]*schema.Fault, len(sites)), make([][]error, len(sites))
	fleet.InTurn(len(sites), fleet.AtOnce(o.concurrency), func(i int) { faults[i], errs[i] = sync.Check(ctx, sites[i]) })
	all := multierror.Append(nil, checkProviders(ctx, o, sites, loaded, secrets))
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

// runValidate checks manifests; without online by themselves and their locks alone.
func runValidate(ctx context.Context, o selection, online asking, r reporting, s Streams) error {
	loaded := loadWhole(o.paths)
	loaded.Faults.Add(list.Flat(loaded.Environments, o.hosts.Faults)...)
	known := locks(loaded.Environments, o.readLock)
	var sites []*sync.Site
	var failed error
	supplied := remembered(known)
	if online != nil && len(loaded.Faults.Wrong()) == 0 {
		if sites, failed = connect(loaded.Environments, o); failed == nil {
			sayOfSandbox(o.progress.Messages(o.said), sites)
			supplied, failed = liveToo(ctx, sites, loaded)
		}
	}
	loaded.Faults.Demand(supplied)
	if failed == nil && len(loaded.Faults.Wrong()) == 0 {
		loaded.Faults.Add(loaded.Idle()...)
		judged(loaded, known, o.options.Now)
		if online != nil {
			failed = checkOnline(ctx, o, sites, loaded, *online)
		}
	}
	for _, doubt := range loaded.Faults.Warnings() {
		say.Fprintf(s.Err, "warning: %s\n", doubt)
	}
	found := findingsOf(r, &loaded.Faults, failed)
	found.Files, found.Said = valid(loaded)
	found.Sandbox = sandboxUsed(sites)
	return cmp.Or(r.write(found, s.Out), multierror.Append(nil, failed, loaded.Faults.Err()).ErrorOrNil())
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

// asking is what --online does with secrets when it asks identity providers; nil = nothing
// is asked.
type asking *idp.SecretUse

func readAsking(c *cli.Context) (asking, error) {
	secrets := idp.LeaveSecrets
	if c.Bool("try-secrets") {
		secrets = idp.TrySecrets
	}
	switch {
	case c.Bool("online"):
		return &secrets, nil
	case secrets == idp.TrySecrets:
		return nil, errors.New("--try-secrets belongs to --online")
	}
	return nil, nil
}

// checkProviders asks the identity providers that manifests name, adds what is wrong to the
// faults, and says what is right.
func checkProviders(ctx context.Context, o selection, sites []*sync.Site, loaded *schema.Loaded, secrets idp.SecretUse) error {
	client, err := idp.New(idp.Config{
		Hosts: o.hosts, Sandbox: o.sandbox, Timeout: o.timeout, Concurrency: o.concurrency, UserAgent: "authsync/" + Version,
		Secrets: secrets,
	})
	if err != nil {
		return err
	}
	var all *multierror.Error
	for i, report := range fleet.Turns(len(sites), len(sites), func(i int) idp.Report { return client.Check(ctx, sites[i]) }) {
		loaded.Faults.Add(report.Faults...)
		for _, told := range report.Told {
			say.Fprintf(o.progress.Messages(o.said), "%s\n", told)
		}
		all = multierror.Append(all, sync.At(sites[i].Env.Name, report.Errs...))
	}
	return all.ErrorOrNil()
}
